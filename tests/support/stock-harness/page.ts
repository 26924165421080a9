/** Pages with stock y-webrtc, on a site of their own. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from '@playwright/test'
import { build } from 'vite'
import { silenceTabs } from '../probe.ts'

/** The harness as one script. No alias: its peers are simple-peer's. */
async function bundleHarness(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL('main.ts', import.meta.url)), formats: ['iife'], name: 'stock' },
    },
  })
  const [bundle] = [result].flat()
  if (bundle === undefined || !('output' in bundle)) throw new Error('The stock harness was not built')
  return bundle.output[0].code
}

/** Another site than the relay's: Chromium lets pages that no server of this machine served reach none here. */
export class StockSite {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<StockSite> {
    const script = await bundleHarness()
    const server = createServer((request, response) => {
      const isScript = request.url === '/stock.js'
      response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html')
      response.end(isScript ? script : '<!doctype html><script src="/stock.js"></script>')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new StockSite(server)
  }

  /** Somebody in a browser context of their own, in a room. */
  async join(browser: Browser, room: { name: string; relay: string; password: string | null }): Promise<Page> {
    const context = await browser.newContext()
    await context.addInitScript(silenceTabs)
    const page = await context.newPage()
    await page.goto(`http://localhost:${(this.#server.address() as AddressInfo).port}`)
    await page.evaluate(({ name, relay, password }) => window.join(name, relay, password), room)
    return page
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}
