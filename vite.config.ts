import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

/** y-webrtc builds its connections with simple-peer; that one import becomes our own peer link (DESIGN: src/net/peer.ts). */
export const peerLinkAlias = {
  'simple-peer/simplepeer.min.js': fileURLToPath(new URL('./src/net/peer.ts', import.meta.url)),
}

export default defineConfig({
  resolve: { alias: peerLinkAlias },
  build: {
    outDir: 'dist/app',
    target: 'es2022',
    // The module-preload polyfill is an inline-ish extra nobody on a supported browser needs.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  server: {
    port: 5173,
    proxy: { '/signal': { target: 'ws://127.0.0.1:4444', ws: true }, '/healthz': 'http://127.0.0.1:4444' },
  },
  plugins: [
    svelte(),
    VitePWA({
      registerType: 'prompt',
      injectRegister: null,
      manifest: false,
      workbox: {
        globPatterns: ['**/*.{js,css,html,svg,png,webmanifest}'],
        navigateFallback: '/index.html',
        navigateFallbackDenylist: [/^\/(signal|healthz|ice|metrics)/],
        cleanupOutdatedCaches: true,
        sourcemap: false,
      },
    }),
  ],
})
