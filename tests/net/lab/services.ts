/** Real servers in a namespace: the relay as `npm start` runs it, and coturn. */
import { createHmac, randomUUID } from 'node:crypto'
import { execFileSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { APP } from '../../support/relay.ts'
import { isInstalled } from '../../support/programs.ts'
import type { Namespace } from './namespace.ts'

/** A server that runs. */
export interface Service {
  /** Resolves when it has ended. */
  stop(): Promise<void>
}

/** How long a server may take to start, in milliseconds. */
const PATIENCE = 20_000

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))

/** The secret that relay and TURN server share, coturn's `static-auth-secret`. */
export const SECRET = 'shared by relay and TURN server'

/** Ports of the TURN server. TLS has the one that firewalls let through. */
export const TURN_PORT = 3479
export const TURN_TLS_PORT = 443

/** Ports that coturn gives to those whom it relays. */
const RELAYED_PORTS = ['--min-port=49160', '--max-port=49300']

/** Why tests with a TURN server are skipped; null when there is one. */
export const noTurn = isInstalled('turnserver')
  ? null
  : 'SKIPPED: turnserver is not installed (Debian: apt-get install coturn).'

/** Starts the relay with this in its environment, besides our own. */
export function startRelay(namespace: Namespace, environment: Record<string, string>): Promise<Service> {
  const main = join(PROJECT, 'signaling/main.ts')
  const child = namespace.spawn(process.execPath, ['--import', 'tsx', main], {
    cwd: PROJECT,
    env: { ...process.env, APP_DIR: APP, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return started('the relay', child, /Inkmesh is at/u)
}

/** Starts coturn on an address of the namespace: STUN, and TURN over UDP, TCP and TLS. */
export function startTurn(namespace: Namespace, address: string): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), 'inkmesh-turn-'))
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
  certify(address, certificate, key)
  const child = namespace.spawn(
    'turnserver',
    [
      '-n',
      `--listening-ip=${address}`,
      `--relay-ip=${address}`,
      `--listening-port=${TURN_PORT}`,
      `--tls-listening-port=${TURN_TLS_PORT}`,
      ...RELAYED_PORTS,
      `--cert=${certificate}`,
      `--pkey=${key}`,
      '--fingerprint',
      '--use-auth-secret',
      `--static-auth-secret=${SECRET}`,
      '--realm=inkmesh.test',
      '--no-cli',
      '--no-multicast-peers',
      // Addresses of homes lead nowhere from here.
      '--denied-peer-ip=10.0.0.0-10.255.255.255',
      '--log-file=stdout',
      '--simple-log',
      `--pidfile=${join(folder, 'pid')}`,
      `--userdb=${join(folder, 'users')}`,
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  return started('coturn', child, /Total General servers/u, () => rmSync(folder, { recursive: true, force: true }))
}

/** Credentials in coturn's shared-secret scheme, good until `expiry` in milliseconds since the epoch. */
export function credentialsUntil(expiry: number): { username: string; password: string } {
  const username = `${Math.floor(expiry / 1000)}:${randomUUID()}`
  return { username, password: createHmac('sha1', SECRET).update(username).digest('base64') }
}

/** Writes a certificate for an address that nobody has signed but itself. */
function certify(address: string, certificate: string, key: string): void {
  const subject = ['-subj', `/CN=${address}`, '-addext', `subjectAltName=IP:${address}`]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const files = ['-out', certificate, '-keyout', key]
  execFileSync('openssl', ['req', '-x509', '-nodes', '-days', '2', ...curve, ...subject, ...files], { stdio: 'pipe' })
}

/** Resolves when the process has said that it is ready. */
async function started(name: string, child: ChildProcess, ready: RegExp, cleanUp?: () => void): Promise<Service> {
  let said = ''
  let isWanted = true
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      if (isWanted) console.error(`${name} ended with ${code}:\n${said}`)
      cleanUp?.()
      resolve()
    })
  })
  const service = {
    stop: () => {
      isWanted = false
      child.kill('SIGKILL')
      return ended
    },
  }
  const isReady = new Promise<boolean>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      said += chunk.toString()
      if (ready.test(said)) resolve(true)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('error', reject)
    void ended.then(() => resolve(false))
    setTimeout(resolve, PATIENCE, false).unref()
  })
  if (await isReady) return service
  await service.stop()
  throw new Error(`${name} did not start`)
}
