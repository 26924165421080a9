/**
 * Two homes and a public place between them, made of network namespaces: nothing leaves this machine.
 *
 *     10.0.1.2 (a) ── router A ── 203.0.113.10 (relay, TURN) ── router B ── (b) 10.0.2.2
 */
import { chromium, firefox, type Browser } from '@playwright/test'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { findBrowser } from '../../../scripts/browser.mjs'
import { Crowd } from '../../support/net-harness/crowd.ts'
import { Line } from './line.ts'
import { Namespace, removeLeftovers, signal } from './namespace.ts'
import { Router } from './router.ts'
import { startRelay, startTurn, type Service } from './services.ts'

/** Where relay and TURN server are reached (TEST-NET-3, RFC 5737). */
export const PUBLIC = '203.0.113.10'

/** Origin of the app. Every relay of a lab is found there, one at a time. */
export const SITE = `http://${PUBLIC}`

/** Debian's package, and where others put it. */
const FIREFOX = process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr'

/** Why tests with Firefox are skipped; null when there is one. */
export const noFirefox = existsSync(FIREFOX)
  ? null
  : 'SKIPPED: Firefox is not installed (Debian: apt-get install firefox-esr).'

/** One of the two who want to meet. */
export class Home {
  readonly router: Router
  readonly #host: Namespace
  readonly #number: number
  /** The bad line between the host and its router; null for a good one. */
  readonly line: Line | null
  #chromium: Browser | null = null
  #firefox: Browser | null = null
  /** Last parts of the addresses that the host and its router have now. */
  #inside = 2
  #outside = 2

  private constructor(number: number, router: Router, host: Namespace, line: Line | null) {
    this.#number = number
    this.router = router
    this.#host = host
    this.line = line
  }

  static async build(lab: string, number: number, world: Namespace, isFar: boolean): Promise<Home> {
    const router = new Router(lab, `router${number}`)
    const host = new Namespace(lab, `host${number}`)
    const inside = router.namespace
    inside.ip(`link add out type veth peer name home${number} netns ${world.name}`)
    world.ip(`link set home${number} master street up`)
    inside.ip(`addr add 203.0.113.${number}2/24 dev out`)
    inside.ip('link set out up')
    inside.ip(`route add default via ${PUBLIC}`)
    const ends = [
      { namespace: inside, device: 'in', address: `10.0.${number}.1/24` },
      { namespace: host, device: 'eth0', address: `10.0.${number}.2/24` },
    ] as const
    const line = isFar ? await Line.between(...ends) : null
    if (line === null) {
      inside.ip(`link add in type veth peer name eth0 netns ${host.name}`)
      for (const { namespace, device, address } of ends) {
        namespace.ip(`addr add ${address} dev ${device}`)
        namespace.ip(`link set ${device} up`)
      }
    }
    host.ip(`route add default via 10.0.${number}.1 dev eth0`)
    router.behave('cone')
    return new Home(number, router, host, line)
  }

  /** The Chromium of this home, with the permissions and the hidden addresses of anybody's. */
  async chromium(): Promise<Browser> {
    const executablePath = findBrowser({ windows: true })
    if (executablePath === null) throw new Error('No Chromium found')
    this.#chromium ??= await chromium.launch({
      executablePath: fileURLToPath(new URL('in-namespace.sh', import.meta.url)),
      env: { ...process.env, NAMESPACE: this.#host.name, COMMAND: executablePath },
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        // What is asked of pages and TURN servers elsewhere is a certificate that the browser trusts.
        `--unsafely-treat-insecure-origin-as-secure=${SITE}`,
        // Nothing is granted or shown before a page asks for it.
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        '--ignore-certificate-errors',
      ],
    })
    return this.#chromium
  }

  /** The stock Firefox of this home, likewise. */
  async firefox(): Promise<Browser> {
    this.#firefox ??= await firefox.launch({
      channel: 'moz-firefox',
      executablePath: fileURLToPath(new URL('firefox.mjs', import.meta.url)),
      env: { ...process.env, NAMESPACE: this.#host.name, FIREFOX },
      firefoxUserPrefs: {
        'dom.securecontext.allowlist': PUBLIC,
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': true,
        // As for everybody; Playwright turns it off.
        'network.manage-offline-status': true,
        'network.captive-portal-service.enabled': false,
        'network.connectivity-service.enabled': false,
      },
    })
    return this.#firefox
  }

  /** A crowd of Node peers in this home; who starts it ends it. */
  crowd(): Promise<Crowd> {
    return Crowd.start({
      execPath: fileURLToPath(new URL('in-namespace.sh', import.meta.url)),
      env: { ...process.env, NAMESPACE: this.#host.name, COMMAND: process.execPath },
    })
  }

  /** The cable is pulled: the host itself sees that it has no network. */
  unplug(): void {
    this.#host.ip('link set eth0 down')
  }

  plug(): void {
    this.#host.ip('link set eth0 up')
    this.#host.ip(`route add default via 10.0.${this.#number}.1 dev eth0`)
  }

  /** Another network: the host gets another address, and reaches the world from another one. */
  move(): void {
    this.moveRouter()
    const gateway = `10.0.${this.#number}.1`
    renumber(this.#host, 'eth0', `10.0.${this.#number}.`, gateway, this.#inside++)
  }

  /** The router gets another address in the world, as many do every night: no host in the home is told. */
  moveRouter(): void {
    renumber(this.router.namespace, 'out', `203.0.113.${this.#number}`, PUBLIC, this.#outside++)
  }

  /** The machine sleeps: none of its processes runs. */
  sleep(): void {
    this.#signal('SIGSTOP', () => true)
  }

  /** Tabs get no time to run, as those that a browser puts to sleep; Chromium itself goes on, and its network. */
  freezeTabs(): void {
    this.#signal('SIGSTOP', isRenderer)
  }

  wake(): void {
    this.#signal('SIGCONT', () => true)
  }

  #signal(name: NodeJS.Signals, isMeant: (process: number) => boolean): void {
    for (const id of this.#host.processes()) if (isMeant(id)) signal(id, name)
  }

  async remove(): Promise<void> {
    this.wake()
    await Promise.all([this.#chromium?.close(), this.#firefox?.close()])
    this.line?.remove()
    this.#host.remove()
    this.router.namespace.remove()
  }
}

/** Whether a process is Chromium's for the pages of a site; false when it has ended meanwhile. */
function isRenderer(id: number): boolean {
  const file = `/proc/${id}/cmdline`
  return existsSync(file) && readFileSync(file, 'utf8').includes('--type=renderer')
}

/** What a lab can be asked for. */
export interface LabOptions {
  /** The first home is at the end of a long line, `Home.line`. */
  far?: boolean
}

let labs = 0

export class Lab {
  readonly homes: readonly [Home, Home]
  readonly #world: Namespace
  readonly #services: Service[] = []

  private constructor(world: Namespace, homes: readonly [Home, Home]) {
    this.#world = world
    this.homes = homes
  }

  static async build({ far = false }: LabOptions = {}): Promise<Lab> {
    removeLeftovers()
    const name = String(labs++)
    const world = new Namespace(name, 'world')
    world.ip('link add street type bridge')
    world.ip(`addr add ${PUBLIC}/24 dev street`)
    world.ip('link set street up')
    // What is sent to addresses that do not exist must vanish, as it does out there, and not fail.
    world.ip('route add default via 203.0.113.254')
    world.ip('neigh replace 203.0.113.254 lladdr 02:00:00:00:00:fe dev street nud permanent')
    const homes = [await Home.build(name, 1, world, far), await Home.build(name, 2, world, false)] as const
    return new Lab(world, homes)
  }

  /** Starts a relay that serves the app at `SITE`, with this in its environment. */
  async relay(environment: Record<string, string> = {}): Promise<void> {
    this.#services.push(await startRelay(this.#world, { HOST: PUBLIC, PORT: '80', ...environment }))
  }

  /** Starts a TURN server. */
  async turn(): Promise<void> {
    this.#services.push(await startTurn(this.#world, PUBLIC))
  }

  /** Stops relay and TURN server. */
  async stopServices(): Promise<void> {
    await Promise.all(this.#services.splice(0).map((service) => service.stop()))
  }

  async remove(): Promise<void> {
    await this.stopServices()
    await Promise.all(this.homes.map((home) => home.remove()))
    this.#world.remove()
  }
}

/** Gives a host the address after its `last` one. */
function renumber(namespace: Namespace, device: string, network: string, gateway: string, last: number): void {
  namespace.ip(`addr del ${network}${last}/24 dev ${device}`)
  namespace.ip(`addr add ${network}${last + 1}/24 dev ${device}`)
  namespace.ip(`route replace default via ${gateway} dev ${device}`)
}
