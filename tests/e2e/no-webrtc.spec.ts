import { expect, test } from '../support/people.ts'
import { noWebKit, WebKit } from '../support/webkit.ts'

/** Runs inside the page. */
const withoutWebRtc = (): void => {
  Reflect.deleteProperty(window, 'RTCPeerConnection')
}

const ALONE = /Alone: this browser cannot connect to others \(it has no WebRTC\)/u

test('without WebRTC one writes alone, keeps what one wrote, and is told why nobody comes', async ({ people }) => {
  const ada = await people.arrive('Ada', { before: [withoutWebRtc], tabsTalk: true })
  const link = await ada.startDocument()
  await ada.type('Written alone.')
  await ada.saved()
  await expect(ada.status).toContainText(ALONE)
  await ada.reload()
  expect(await ada.text()).toBe('Written alone.')

  // Other tabs of this browser need no WebRTC.
  const tab = await ada.openTab()
  await tab.open(link)
  await tab.caretToEnd()
  await tab.type(' From a tab.')
  await ada.sees('From a tab.')
  expect([...ada.errors, ...tab.errors, ...ada.complaints, ...tab.complaints]).toEqual([])
})

test('without WebRTC a link cannot be followed, and it says what to do', async ({ people }) => {
  const ben = await people.arrive('Ben')
  const link = await ben.startDocument()
  const ada = await people.arrive('Ada', { before: [withoutWebRtc] })
  await ada.page.goto(link)
  await expect(ada.page.getByText('Open the link in another browser.').first()).toBeVisible()
  const mina = await people.arrive('Mina', { before: [withoutWebRtc], locale: 'ko-KR' })
  await mina.page.goto(link)
  await expect(mina.page.getByText('다른 브라우저에서 링크를 열어 주세요.').first()).toBeVisible()
})

test("Debian's WebKit, which has no WebRTC, opens, edits and keeps a document, and says so", async ({ people }) => {
  if (noWebKit !== null) console.log(noWebKit)
  test.skip(noWebKit !== null, noWebKit ?? '')
  const browser = await WebKit.start()
  try {
    await browser.goto(people.relay.url)
    await browser.press('New document')
    await browser.type('[role=textbox][aria-multiline=true]', 'Written in WebKit.')
    await expect.poll(() => browser.text()).toMatch(ALONE)
    expect(await browser.evaluate('return typeof RTCPeerConnection')).toBe('undefined')
    await expect.poll(() => browser.text()).toContain('Saved on this device')
    await browser.reload()
    await expect.poll(() => browser.text()).toContain('Written in WebKit.')
  } finally {
    await browser.close()
  }
})
