/** How tests and benches start Chromium. */
import type { LaunchOptions } from '@playwright/test'
import { findBrowser } from '../../scripts/browser.mjs'

const executablePath = findBrowser()

/** One that asks before it gives a device, and shows tabs: the quick one was built without all that. */
const askingPath = process.env.CHROMIUM_WITH_WINDOWS ?? findBrowser({ windows: true })

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

/** As a person's browser is: it grants nothing by itself, and knows real tabs. What stands in `args` comes to that. */
export const askingLaunch = (...args: string[]): LaunchOptions => ({
  ...(askingPath !== null && { executablePath: askingPath }),
  args: [
    ...(launchOptions.args ?? []).filter((arg) => arg !== '--use-fake-ui-for-media-stream'),
    '--headless=new',
    ...args,
  ],
})
