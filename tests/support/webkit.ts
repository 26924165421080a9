/**
 * WebKitGTK, the engine of Debian's GNOME browser, driven over W3C WebDriver: a real browser without WebRTC.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { Readable } from 'node:stream'
import { isInstalled } from './programs.ts'

/** Where Debian puts the browser that WebKitWebDriver starts. */
const BROWSERS = ['4.1', '6.0', '4.0'].map((version) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${version}/MiniBrowser`)

/** Key under which WebDriver passes elements (W3C WebDriver, section 12). */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

/** How long starting may take, and how long a condition is waited for, in milliseconds. */
const PATIENCE = 30_000

/** The Enter key (WebDriver, 17.4.2). */
const ENTER = '\uE007'

/** Why tests with it are skipped; null when it is there. */
export const noWebKit =
  isInstalled('WebKitWebDriver') && isInstalled('Xvfb') && BROWSERS.some((path) => existsSync(path))
    ? null
    : 'SKIPPED: WebKit is not installed (Debian: apt-get install webkit2gtk-driver xvfb).'

export class WebKit {
  readonly #processes: readonly ChildProcess[]
  readonly #session: string

  private constructor(processes: readonly ChildProcess[], session: string) {
    this.#processes = processes
    this.#session = session
  }

  /** Starts the browser on a screen that nobody sees, with an empty profile. */
  static async start(): Promise<WebKit> {
    const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    const port = await freePort()
    const processes = [screen]
    try {
      const display = `:${await displayOf(screen)}`
      const driver = spawn('WebKitWebDriver', [`--port=${port}`], {
        env: { ...process.env, DISPLAY: display, LIBGL_ALWAYS_SOFTWARE: '1' },
        stdio: 'ignore',
      })
      processes.push(driver)
      const url = `http://127.0.0.1:${port}`
      await eventually(async () => (await fetch(`${url}/status`)).ok)
      const binary = BROWSERS.find((path) => existsSync(path))
      const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args: ['--automation'] } } }
      const { sessionId } = await command<{ sessionId: string }>('POST', `${url}/session`, { capabilities })
      return new WebKit(processes, `${url}/session/${sessionId}`)
    } catch (error) {
      for (const process of processes) process.kill('SIGKILL')
      throw error
    }
  }

  async goto(url: string): Promise<void> {
    await command('POST', `${this.#session}/url`, { url })
  }

  async reload(): Promise<void> {
    await command('POST', `${this.#session}/refresh`, {})
  }

  address(): Promise<string> {
    return command('GET', `${this.#session}/url`)
  }

  /** Presses the button with this text by keyboard: a click goes to where the button was when it was looked for. */
  async press(text: string): Promise<void> {
    const path = `//button[normalize-space()='${text}']`
    await this.#waitFor('xpath', path, (element) => command('POST', `${element}/value`, { text: ENTER }))
  }

  /** Types into what a CSS selector finds. */
  async type(selector: string, text: string): Promise<void> {
    await this.#waitFor('css selector', selector, (element) => command('POST', `${element}/value`, { text }))
  }

  /** Runs a function body in the page. */
  evaluate(script: string): Promise<unknown> {
    return command('POST', `${this.#session}/execute/sync`, { script, args: [] })
  }

  /** What a person reads in the page. */
  async text(): Promise<string> {
    return String(await this.evaluate('return document.body.innerText'))
  }

  async close(): Promise<void> {
    await command('DELETE', this.#session).catch(ignoreEnd)
    for (const process of this.#processes) process.kill('SIGKILL')
  }

  #waitFor(using: string, value: string, act: (element: string) => Promise<unknown>): Promise<void> {
    return eventually(async () => {
      const found = await command<Record<string, string>>('POST', `${this.#session}/element`, { using, value })
      await act(`${this.#session}/element/${found[ELEMENT] ?? ''}`)
      return true
    })
  }
}

/** One WebDriver command. Throws what the browser answers when it is an error. */
async function command<T>(method: string, url: string, body?: object): Promise<T> {
  const signal = AbortSignal.timeout(PATIENCE)
  const response = await fetch(url, { method, signal, ...(body && { body: JSON.stringify(body) }) })
  const { value } = (await response.json()) as { value: T }
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${JSON.stringify(value)}`)
  return value
}

/** Repeats until it is true; then or after too long throws what it threw last. */
async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE
  for (;;) {
    try {
      if (await condition()) return
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** The number of the display, which Xvfb writes once it stands. It dies when nobody listens any more. */
async function displayOf(screen: ChildProcess): Promise<number> {
  const [pipe] = screen.stdio.slice(3)
  if (!(pipe instanceof Readable)) throw new Error('No pipe')
  const [number] = (await once(pipe, 'data', { signal: AbortSignal.timeout(PATIENCE) })) as [Buffer]
  return Number(number)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** The browser may end before it has answered. */
const ignoreEnd = (): null => null
