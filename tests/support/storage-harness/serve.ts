import { fileURLToPath } from 'node:url'
import type { BrowserContext } from '@playwright/test'
import { build } from 'vite'

/** A secure context that needs no server: requests are answered by the test. */
export const ORIGIN = 'http://storage.localhost'

/** The harness as one script. */
export async function bundleHarness(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL('main.ts', import.meta.url)), formats: ['iife'], name: 'storage' },
    },
  })
  const [bundle] = [result].flat()
  if (bundle === undefined || !('output' in bundle)) throw new Error('The storage harness was not built')
  return bundle.output[0].code
}

/** Answers all requests of a context with the harness. */
export async function serveHarness(context: BrowserContext, script: string): Promise<void> {
  await context.route(`${ORIGIN}/**`, (route) =>
    route.request().url().endsWith('/harness.js')
      ? route.fulfill({ contentType: 'text/javascript', body: script })
      : route.fulfill({ contentType: 'text/html', body: '<!doctype html><script src="/harness.js"></script>' }),
  )
}
