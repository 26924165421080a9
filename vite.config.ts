import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { minify } from 'terser'
import { defineConfig, type Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { precompress } from './scripts/precompress.ts'
import { leanPackages } from './scripts/lean-packages.ts'
import { privateNames, shortening } from './scripts/private-names.ts'
import { touchedClients } from './scripts/yjs-touched-clients.ts'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/**
 * y-webrtc builds its connections with simple-peer, and tells other tabs of all that happens: both are ours (src/net/link/peer.ts,
 * tabs.ts). What it seals messages with is not among what it exports.
 */
export const peerLinkAlias = {
  'y-webrtc/crypto': path('./node_modules/y-webrtc/src/crypto.js'),
  'simple-peer/simplepeer.min.js': path('./src/net/link/peer.ts'),
  'lib0/broadcastchannel': path('./src/net/signaling/no-broadcast.ts'),
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

/** In a worker there is no element to decode character references with: the table is taken that the package has for it. */
const wordsOfEntities: Plugin = {
  name: 'words of entities',
  enforce: 'pre',
  resolveId: (id) =>
    id === 'decode-named-character-reference' ? path('node_modules/decode-named-character-reference/index.js') : null,
}

/** Chunks whose members get short names; several get the same ones, since what the editor keeps to itself its groups know. */
const chunksWithShortNames: readonly { names: readonly string[]; prefix: string }[] = [
  { names: ['editor', 'long'], prefix: '' },
  { names: ['room'], prefix: '$' },
]

/** Terser's compression before the build's own: together they make 2 KB less than either. */
const compression: Plugin = {
  name: 'compression',
  enforce: 'post',
  apply: 'build',
  async renderChunk(code, chunk, _options, { chunks }) {
    const shortened = chunksWithShortNames.find(({ names }) => names.includes(chunk.name))
    const namesOf = ({ names, prefix }: (typeof chunksWithShortNames)[number]): ReadonlyMap<string, string> => {
      const own = Object.values(chunks).filter(({ name }) => names.includes(name))
      const ids = new Set(own.flatMap(({ moduleIds }) => moduleIds))
      const others = [...this.getModuleIds()].filter((id) => !ids.has(id))
      const codeOf = ({ modules }: (typeof own)[number]): string[] =>
        Object.values(modules).map((one) => one.code ?? '')
      return privateNames(
        own.flatMap(codeOf),
        others.map((id) => this.getModuleInfo(id)?.code ?? ''),
        prefix,
      )
    }
    const { code: compressed = code } = await minify(code, {
      module: true,
      ecma: 2022,
      ...(shortened === undefined ? { mangle: false } : shortening(namesOf(shortened))),
      compress: { passes: 4, pure_getters: true },
    })
    return { code: compressed, map: null }
  },
}

/** What it takes to write is asked for by the page itself, beside what every page needs: the home page leads to it, too. */
const early: Plugin = {
  name: 'early',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle = {} }) {
      const editor = Object.keys(bundle).filter((name) => /^assets\/(editor|DocumentPage)-[^/]+\.(js|css)$/u.test(name))
      if (editor.length !== 3) throw new Error(`early: the editor is in ${editor.join(', ') || 'no file'}`)
      return editor.map((name) => ({
        tag: 'link',
        attrs: {
          ...(name.endsWith('.css') ? { rel: 'stylesheet' } : { rel: 'modulepreload', fetchpriority: 'low' }),
          crossorigin: true,
          href: `/${name}`,
        },
        injectTo: 'head',
      }))
    },
  },
}

/** What only later chunks need of packages that the first ones are made of. */
const later = String.raw`svelte\/src\/(.*\.js\?|reactivity\/[^c]|internal\/client\/dom\/(blocks\/each|elements\/(attachments|style|bindings\/(select|input|size))))|lib0\/websocket|prosemirror-dropcursor`

/**
 * What every page needs, and what it takes to write, each in one piece: many small chunks compress 5 KB worse. Little passes
 * from one to the other, since every name that does is there twice.
 */
const firstChunks = [
  {
    name: 'base',
    test: new RegExp(
      String.raw`src\/doc\/(link|person|graphemes|untrusted)|src\/net\/signaling\/early|src\/storage\/(?!documents|permission|salvage|backup|text-index|entries|call-choices)|src\/i18n\/phrases|src\/ui\/(theme\.css|App\.svelte\?|shelf|preferences|toasts|router|brought|Icon|icons|names|Mark\.|pages)|preload-helper|node_modules\/(?!${later})(clsx|svelte\/src)\/`,
    ),
    priority: 2,
    includeDependenciesRecursively: false,
  },
  {
    name: 'editor',
    test: new RegExp(
      String.raw`src\/editor\/(?!clipboard-work|clips|cursor-work|carets|groups|slash|following|typed-rules|link-making|reading)|src\/doc\/(?!authors|mangled)|src\/storage\/(?!salvage|backup|text-index|entries|call-choices)|src\/sync\/(gate|structure|fields)|src\/convert\/editor-html|src\/ui\/(document\.css|DocumentPage|Body|TitleField|StatusLine|Waiting|session|status|title\.|debug)|src\/session\/|src\/net\/signaling\/ice\.ts|signaling\/ice-answer|node_modules\/(?!${later})(yjs|lib0|y-indexeddb|prosemirror-|orderedmap|w3c-keyname|y-protocols\/awareness)`,
    ),
    priority: 1,
    includeDependenciesRecursively: false,
  },
]

export default defineConfig({
  resolve: { alias: { ...peerLinkAlias, ...plainLoggerAlias } },
  worker: { format: 'es', plugins: () => [wordsOfEntities] },
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
      treeshake: {
        moduleSideEffects: [{ test: /svelte\/src\/internal\/(client\/dom\/|.*\.js\?)/, sideEffects: false }],
      },
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
    touchedClients,
    leanPackages,
    compression,
    early,
    precompress,
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
