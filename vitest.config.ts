import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { touchedClients, yjsPackages } from './scripts/yjs-touched-clients.ts'
import { peerLinkAlias } from './vite.config.ts'

export default defineConfig({
  resolve: { alias: peerLinkAlias },
  plugins: [touchedClients],
  test: {
    include: ['tests/{unit,convergence,merge,signaling,simulation}/**/*.test.ts'],
    // What measures a process beside it runs with the keeper's tests, one file at a time.
    exclude: ['tests/signaling/attack.test.ts'],
    setupFiles: ['tests/support/random-pool.ts'],
    testTimeout: 30_000,
    // Of two cores Vitest would leave one to itself.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Inlined so that the build's Yjs reaches its imports, and our own peer link y-webrtc's.
    server: { deps: { inline: yjsPackages } },
  },
})
