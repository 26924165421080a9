/** How tests and benches start Chromium. */
import type { LaunchOptions } from '@playwright/test'
import { findBrowser } from '../../scripts/browser.mjs'

const executablePath = findBrowser()

/** A machine with only a loopback interface gives ICE candidates only with the first flag and these permissions. */
export const permissions = ['camera', 'microphone', 'clipboard-read', 'clipboard-write']

export const launchOptions: LaunchOptions = {
  ...(executablePath !== null && { executablePath }),
  args: [
    '--allow-loopback-in-peer-connection',
    '--no-sandbox',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ],
}
