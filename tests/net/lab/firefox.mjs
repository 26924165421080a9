#!/usr/bin/env node
/**
 * What Playwright starts as Firefox: the stock one, $FIREFOX, in the network namespace $NAMESPACE. Playwright speaks
 * WebDriver BiDi with it over a WebSocket that this file carries out of the namespace, and is told 'done' where it asks
 * for an emulation that this Firefox does not know: what is emulated by default is what Firefox does anyway.
 */
import { spawn } from 'node:child_process'
import { WebSocket, WebSocketServer } from 'ws'

const { FIREFOX, NAMESPACE } = process.env

/** Commands that may be unknown. */
const OPTIONAL = /^(?:emulation|network\.setExtraHeaders|network\.addDataCollector|browser\.setDownloadBehavior)/u
const UNKNOWN = new Set(['unknown command', 'unsupported operation'])

/** Joins the other end of descriptor 3 to a port in the namespace. */
const BRIDGE = `
  const { Socket, connect } = require('node:net')
  const [outside, inside] = [new Socket({ fd: 3 }), connect(Number(process.argv[1]), '127.0.0.1')]
  outside.pipe(inside).pipe(outside)
  for (const socket of [outside, inside]) socket.on('error', () => process.exit())
`

const firefox = enter(FIREFOX, process.argv.slice(2), ['ignore', 'inherit', 'pipe'])
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => firefox.kill('SIGTERM'))
firefox.on('exit', (code) => process.exit(code ?? 1))

let said = ''
firefox.stderr.on('data', function listen(chunk) {
  said += chunk
  const port = /WebDriver BiDi listening on ws:\/\/127\.0\.0\.1:(\d+)/u.exec(said)?.[1]
  if (port === undefined) return
  // Our address is for Playwright, not Firefox's own.
  firefox.stderr.off('data', listen).pipe(process.stderr)
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => {
    console.error(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}`)
  })
  server.on('connection', (client, request) => carry(client, port, request.url))
})

function enter(command, args, stdio) {
  return spawn('ip', ['netns', 'exec', NAMESPACE, command, ...args], { stdio })
}

/** Carries messages between Playwright and Firefox until one of them leaves. */
function carry(client, port, path) {
  const bridge = enter(process.execPath, ['-e', BRIDGE, port], ['ignore', 'inherit', 'inherit', 'pipe'])
  const browser = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
    createConnection: () => bridge.stdio[3],
    maxPayload: 0,
    perMessageDeflate: false,
  })
  const early = []
  const optional = new Set()
  client.on('message', (data) => {
    const text = data.toString()
    const { id, method } = JSON.parse(text)
    if (OPTIONAL.test(method)) optional.add(id)
    if (browser.readyState === WebSocket.OPEN) browser.send(text)
    else early.push(text)
  })
  browser.on('open', () => {
    for (const text of early) browser.send(text)
  })
  browser.on('message', (data) => client.send(forgive(data.toString(), optional)))
  for (const [one, other] of [
    [client, browser],
    [browser, client],
  ]) {
    one.on('close', () => other.close())
    one.on('error', () => other.terminate())
  }
}

/** An answer as Playwright shall have it. */
function forgive(text, optional) {
  if (optional.size === 0) return text
  const { id, type, error } = JSON.parse(text)
  const isMissing = optional.delete(id) && type === 'error' && UNKNOWN.has(error)
  return isMissing ? JSON.stringify({ type: 'success', id, result: {} }) : text
}
