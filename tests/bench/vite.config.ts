import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The pages that Inkmesh is compared with. */
export default defineConfig({
  root: here('pages'),
  publicDir: false,
  build: {
    outDir: here('../../dist/bench'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['bare', 'websocket', 'webrtc'].map((name) => here(`pages/${name}.html`)) },
  },
})
