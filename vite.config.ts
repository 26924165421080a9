import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { minify } from 'terser'
import { defineConfig, type Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** y-webrtc builds its connections with simple-peer; that one import becomes our own peer link (DESIGN: src/net/peer.ts). */
export const peerLinkAlias = {
  'simple-peer/simplepeer.min.js': path('./src/net/peer.ts'),
}

/** The browser variant of lib0's logger brings 9 KB of colours, DOM and schema code for a log that nobody reads. */
export const plainLoggerAlias = { 'lib0/logging': path('./src/doc/plain-log.ts') }

/** lib0's module on where it runs reads arguments, variables and the address: a browser is known to be one. */
const plainEnvironment: Plugin = {
  name: 'plain environment',
  enforce: 'pre',
  resolveId: (source, importer) =>
    /^(lib0|\.)\/environment(\.js)?$/u.test(source) && /node_modules\/(lib0|yjs)\//u.test(importer ?? '')
      ? path('./src/doc/plain-environment.ts')
      : null,
}

/** Terser's compression before the build's own: together they make 2 KB less than either. */
const compression: Plugin = {
  name: 'compression',
  enforce: 'post',
  apply: 'build',
  async renderChunk(code) {
    const { code: compressed = code } = await minify(code, {
      module: true,
      ecma: 2020,
      mangle: false,
      compress: { passes: 2 },
    })
    return { code: compressed, map: null }
  },
}

/** What every page needs, and what it takes to write, each in one piece: many small chunks compress 5 KB worse. */
const firstChunks = [
  {
    name: 'base',
    test: /src\/(doc|storage)\/|src\/i18n\/phrases|src\/ui\/(shelf|preferences|toasts|router|Icon|icons|names|Mark|pages)|preload-helper|node_modules\/(yjs|lib0|prosemirror-model|orderedmap|y-indexeddb|clsx)\/|node_modules\/svelte\/src\/(?!reactivity\/[^c]|.*\/each\.js)/,
    priority: 2,
    includeDependenciesRecursively: false,
  },
  {
    name: 'editor',
    test: /src\/editor\/(?!clipboard-work|clips|cursor-work|carets|typed-rules)|node_modules\/y-protocols\/awareness/,
    priority: 1,
  },
]

export default defineConfig({
  resolve: { alias: { ...peerLinkAlias, ...plainLoggerAlias } },
  build: {
    outDir: 'dist/app',
    target: 'es2022',
    // The module-preload polyfill is an inline-ish extra nobody on a supported browser needs.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // Licences ask that their text goes with the code.
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      output: { codeSplitting: { groups: firstChunks } },
      // Some of them define a class when they are loaded, so they would stay although nobody uses it.
      treeshake: { moduleSideEffects: [{ test: /svelte\/src\/internal\/client\/dom\//, sideEffects: false }] },
    },
  },
  server: {
    port: 5173,
    proxy: {
      '/signal': { target: 'ws://127.0.0.1:4444', ws: true },
      '/ice': 'http://127.0.0.1:4444',
      '/healthz': 'http://127.0.0.1:4444',
    },
  },
  plugins: [
    plainEnvironment,
    compression,
    svelte(),
    // The whole app is kept on the device on the first visit. A newer one waits until the person asks for it: src/ui/offline-shell.ts.
    VitePWA({
      registerType: 'prompt',
      injectRegister: null,
      manifest: false,
      workbox: {
        globPatterns: ['**/*.{js,css,html,svg,png,webmanifest,woff2}'],
        // A document's address differs from the home page's only in its fragment, so every navigation gets the same page.
        navigateFallback: '/index.html',
        navigateFallbackDenylist: [/^\/(signal|healthz|ice|metrics)/],
        // The page of the first visit is served too, so that what it loads later comes from the device already.
        clientsClaim: true,
        cleanupOutdatedCaches: true,
        inlineWorkboxRuntime: true,
        sourcemap: false,
      },
    }),
  ],
})
