#!/usr/bin/env node
/** The command of the installed package: serves Inkmesh, or keeps documents. */
import { readFileSync } from 'node:fs'

const HELP = `Inkmesh: write together, browser to browser. A link is a document.

  inkmesh                              serves the app and its relay on http://localhost:4444
  inkmesh keep LINK [LINK …]           keeps documents available while everybody else is offline
  inkmesh keep --help                  what else the keeper can do
  inkmesh --version

The server is configured by environment variables, all of them optional:

  PORT, HOST             where it listens (4444, every interface)
  TRUST_PROXY            how many proxies of yours stand in front (0)
  ORIGINS                web origins that may use the relay (any)
  STUN_PORT, STUN_HOST   UDP port and address on which it answers STUN (3478, every interface; off: none)
  PUBLIC_HOST            its name for STUN, when it is another than that of the page
  STUN_URLS, TURN_URLS   STUN and TURN servers for browsers
  TURN_SECRET, TURN_TTL  coturn's shared secret, and for how many seconds its credentials are good (43200)
  REDIS_URL              a Redis over which several relays share rooms
  METRICS_TOKEN          who has it may read /metrics (this machine)
  LOG_LEVEL              error, warn, info or debug (info)

docs/self-hosting.md in the package explains these, and has the rest.`

const [command] = process.argv.slice(2)

switch (command) {
  case undefined:
    await import('../dist/relay/main.js')
    break
  case 'keep':
    process.argv.splice(2, 1)
    await import('../dist/keeper/main.js')
    break
  case '--help':
  case '-h':
    console.log(HELP)
    break
  case '--version':
    console.log(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version)
    break
  default:
    console.error(`Unknown command: ${command}\n\n${HELP}`)
    process.exitCode = 2
}
