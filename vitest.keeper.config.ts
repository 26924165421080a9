import { defineConfig } from 'vitest/config'
import { peerLinkAlias } from './vite.config.ts'

/** The keeper: its parts, and the built whole in processes of its own. Apart from the other tests, because it must be built first. */
export default defineConfig({
  resolve: { alias: peerLinkAlias },
  test: {
    include: ['tests/keeper/**/*.test.ts'],
    testTimeout: 30_000,
    // Processes and disks are shared: what one test measures, another must not disturb.
    fileParallelism: false,
    // y-webrtc is inlined so that the alias to our own peer link reaches its import.
    server: { deps: { inline: ['y-webrtc'] } },
  },
})
