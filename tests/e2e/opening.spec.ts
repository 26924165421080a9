/** In which order a link is opened: what this device holds, and what others do. */
import { holdStorage } from '../support/held-storage.ts'
import { expect, test } from '../support/people.ts'

declare global {
  interface Window {
    /** What happened in the page, in order. */
    events: string[]
  }
}

/** Notes when the text stands on the page and when the relay is called. Runs inside the page, before the app. */
function noteEvents(): void {
  window.events = []
  const { WebSocket } = window
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      window.events.push('relay')
    }
  }
  new MutationObserver((_changes, observer) => {
    if (document.querySelector('[role=textbox][aria-multiline=true]')?.textContent.includes('Ada') !== true) return
    window.events.push('text')
    observer.disconnect()
  }).observe(document, { subtree: true, childList: true, characterData: true })
}

test('while storage is asked others are found, and nothing is said to them before it has answered', async ({
  people,
}) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  await ada.type('Ada was here.')
  const ben = await people.arrive('Ben', { before: [holdStorage] })
  await ben.page.goto(link)
  await ben.until(() => window.probe.connections.some(({ connectionState }) => connectionState === 'connected'))
  const { frames } = await ben.page.evaluate(() => window.inkmesh?.room?.diagnostics() ?? { frames: null })
  expect(frames?.sent).toBe(0)
  expect(await ben.page.evaluate(() => window.inkmesh?.session.loaded)).toBe(false)
  await ada.meets(0)
  await ben.page.evaluate(() => document.dispatchEvent(new Event('answer')))
  await ben.sees('Ada was here.')
  await Promise.all([ada.meets(1), ben.meets(1)])
  await ben.type(' So was Ben.')
  await ada.sees('So was Ben.')
})

test('what this device is known to hold is shown before anybody is called', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.type('Ada was here.')
  await ben.sees('Ada was here.')
  // That others hold all of it is noted a moment later.
  await ben.until(() => window.inkmesh?.room?.status.copies.taken !== null)
  const tab = await ben.openTab()
  await tab.page.addInitScript(noteEvents)
  await tab.open(ben.page.url())
  await tab.until(() => window.events.length === 2)
  expect(await tab.page.evaluate(() => window.events)).toEqual(['text', 'relay'])
})

test('by a link that is new here the relay is called before what speaks over it has come', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  await ada.type('Ada was here.')
  const ben = await people.arrive('Ben')
  const sockets: string[] = []
  ben.page.on('websocket', (socket) => sockets.push(socket.url()))
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  await ben.page.route('**/assets/room-*.js', (route) => held.then(() => route.continue()))
  await ben.page.goto(link)
  await expect.poll(() => sockets.length).toBe(1)
  await expect(ben.page.getByRole('heading', { name: 'Waiting for the document' })).toBeVisible()
  release()
  await ben.sees('Ada was here.')
  await Promise.all([ada.meets(1), ben.meets(1)])
  expect(sockets).toHaveLength(1)
})
