import { defineConfig } from 'vitest/config'
import { touchedClients, yjsPackages } from './scripts/yjs-touched-clients.ts'
import { peerLinkAlias } from './vite.config.ts'

/**
 * The keeper: its parts, the built whole in processes of its own, and links over its WebRTC library. Apart from the other tests,
 * because it must be built first; and what else must not be disturbed.
 */
export default defineConfig({
  resolve: { alias: peerLinkAlias },
  plugins: [touchedClients],
  test: {
    include: ['tests/{keeper,webrtc}/**/*.test.ts', 'tests/signaling/attack.test.ts'],
    testTimeout: 30_000,
    // Processes and disks are shared: what one test measures, another must not disturb.
    fileParallelism: false,
    // Inlined so that the build's Yjs reaches its imports, and our own peer link y-webrtc's.
    server: { deps: { inline: yjsPackages } },
  },
})
