import { defineConfig } from 'vitest/config'
import { peerLinkAlias } from './vite.config.ts'

export default defineConfig({
  resolve: { alias: peerLinkAlias },
  test: {
    include: ['tests/{unit,convergence,signaling,simulation}/**/*.test.ts'],
    testTimeout: 30_000,
    // y-webrtc is inlined so that the alias to our own peer link reaches its import.
    server: { deps: { inline: ['y-webrtc'] } },
  },
})
