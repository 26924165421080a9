import { defineConfig } from 'vite'

/** Bundles the relay into one file that Node runs without a TypeScript loader. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: 'signaling/main.ts',
    outDir: 'dist/relay',
    target: 'node20',
    license: { fileName: 'licenses.md' },
  },
  ssr: { noExternal: true },
})
