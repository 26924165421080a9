import { defineConfig } from 'vite'
import { touchedClients } from './scripts/yjs-touched-clients.ts'
import { peerLinkAlias, plainLoggerAlias } from './vite.config.ts'

/** Bundles the keeper into one file that Node runs without a TypeScript loader. Only its WebRTC, which is native, stays a package. */
export default defineConfig({
  publicDir: false,
  resolve: { alias: { ...peerLinkAlias, ...plainLoggerAlias } },
  build: {
    ssr: 'src/keeper/main.ts',
    outDir: 'dist/keeper',
    target: 'node20',
    license: { fileName: 'licenses.md' },
  },
  plugins: [touchedClients],
  ssr: { noExternal: true, external: ['node-datachannel'] },
})
