import { defineConfig } from 'vitest/config'
import { peerLinkAlias } from './vite.config.ts'

/** Links over a real WebRTC stack in Node: apart from the other tests, because a crash of that stack takes its process along. */
export default defineConfig({
  resolve: { alias: peerLinkAlias },
  test: { include: ['tests/webrtc/**/*.test.ts'], testTimeout: 30_000 },
})
