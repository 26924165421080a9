import type { Person } from '../support/person.ts'
import { ATTACKS } from '../support/forged-updates.ts'
import {
  control,
  expectNotToSee,
  expectSilence,
  expectTalking,
  expectToHear,
  leaveHuddle,
  transceiversOf,
  watchDevices,
} from '../support/calls.ts'
import { asMarkdown, proseLines } from '../support/corpus.ts'
import { attackWithUpdates } from '../support/hostile-updates.ts'
import { expectEqual } from '../support/people.ts'
import { expectRenegotiation } from '../support/renegotiation.ts'
import { noFirefox, PUBLIC } from './lab/lab.ts'
import { SECRET, TURN_PORT, noTurn } from './lab/services.ts'
import { expect, expectPath, expectWritingTogether, skipFor, test, type Neighbours } from './neighbours.ts'

skipFor(noFirefox)

/** Mina in Firefox and Ben in Chromium, each in a home of their own. */
async function arrive(neighbours: Neighbours): Promise<[Person, Person]> {
  const [left, right] = neighbours.lab.homes
  return Promise.all([
    neighbours.arrive('Mina', await left.firefox()),
    neighbours.arrive('Ben', await right.chromium()),
  ])
}

test('Firefox opens what Chromium made, and they write together', async ({ neighbours, lab }) => {
  await lab.relay()
  const [mina, ben] = await arrive(neighbours)
  await neighbours.share(ben, mina)
  await expectWritingTogether(ben, mina)
  await expect(mina.cursors).toHaveAttribute('data-name', 'Ben')
  await expect(ben.cursors).toHaveAttribute('data-name', 'Mina')
  await expectPath([mina, ben], 'All is well', 'direct')
})

test('in Firefox, too, a long document is written in at both ends and over the edges of groups', async ({
  neighbours,
  lab,
}) => {
  await lab.relay()
  const [mina, ben] = await arrive(neighbours)
  const lines = proseLines(2500, 59)
  const link = await ben.importMarkdown('long.md', asMarkdown(lines))
  const isWhole = (count: number): boolean => window.inkmesh?.editor?.view.state.doc.childCount === count
  await ben.until(isWhole, lines.length, 60_000)
  await mina.page.goto(link)
  await mina.ready()
  await mina.until(isWhole, lines.length, 60_000)
  await mina.until(() => document.querySelectorAll('.block-group').length > 10)
  const blocks = (): Promise<[number, number]> =>
    mina.page.evaluate(() => {
      const { $anchor, $head } = window.inkmesh?.editor?.view.state.selection ?? {}
      return [$anchor?.index(0) ?? -1, $head?.index(0) ?? -1]
    })

  const { keyboard } = mina.page
  await mina.placeCaret(0, 0)
  await keyboard.press('Control+End')
  await keyboard.type(' The end.')
  await keyboard.press('Control+Home')
  await keyboard.type('The beginning. ')
  const edge = await mina.page.evaluate(() => document.querySelector('.block-group')?.childElementCount ?? 0)
  await mina.placeCaret(edge - 2, 0)
  for (let i = 0; i < 4; i++) await keyboard.press('ArrowDown')
  await expect.poll(blocks).toEqual([edge + 2, edge + 2])
  for (let i = 0; i < 4; i++) await keyboard.press('Shift+ArrowUp')
  await expect.poll(blocks).toEqual([edge + 2, edge - 2])
  await keyboard.type('x')
  const written = [`The beginning. ${lines[0]}`, ...lines.slice(1, edge - 2), `x${lines[edge + 2]}`]
  const text = [...written, ...lines.slice(edge + 3, -1), `${lines.at(-1)} The end.`].join('\n')
  expect(await expectEqual([mina, ben], 60_000)).toBe(text)
  await keyboard.press('Control+z')
  await keyboard.press('Control+a')
  await expect.poll(blocks).toEqual([0, lines.length])
  await keyboard.press('Delete')
  await expect.poll(() => ben.text()).toBe('')
})

test('Firefox and Chromium hear and see each other, mute, share a screen and leave', async ({ neighbours, lab }) => {
  await lab.relay()
  const [left, right] = lab.homes
  const [mina, ben] = await Promise.all([
    neighbours.arrive('Mina', await left.firefox(), { before: [watchDevices] }),
    neighbours.arrive('Ben', await right.chromium(), { before: [watchDevices] }),
  ])
  await neighbours.share(ben, mina)
  await expectWritingTogether(ben, mina)
  await expectTalking(ben, mina)
  await control(mina, 'Mute').click()
  await expectSilence(ben, mina)
  await control(ben, 'Mute').click()
  await expectSilence(mina, ben)
  await control(mina, 'Unmute').click()
  await expectToHear(ben)
  await control(ben, 'Share your screen').click()
  const screen = mina.page.getByRole('figure', { name: 'Ben’s screen' }).locator('video')
  await expect.poll(() => screen.evaluate((video: HTMLVideoElement) => video.videoWidth)).toBeGreaterThan(0)
  await control(ben, 'Stop sharing').click()
  await expect(screen).toHaveCount(0)
  await leaveHuddle(ben)
  await expectNotToSee(mina, 'Ben')
  await expect.poll(() => transceiversOf(mina)).toMatchObject({ active: 0 })
  await leaveHuddle(mina)
  await mina.type(' And later.')
  await ben.sees(' And later.')
})

test('Firefox and Chromium meet over TURN', async ({ neighbours, lab }) => {
  skipFor(noTurn)
  await lab.turn()
  await lab.relay({ TURN_URLS: `turn:${PUBLIC}:${TURN_PORT}`, TURN_SECRET: SECRET })
  for (const { router } of lab.homes) router.behave('symmetric')
  const [mina, ben] = await arrive(neighbours)
  await neighbours.share(mina, ben)
  await expectWritingTogether(mina, ben)
  await expectPath([mina, ben], 'relayed by TURN over UDP')
})

test('Chromium opens what Firefox made; both keep what they wrote offline, each once', async ({ neighbours, lab }) => {
  await lab.relay()
  const [mina, ben] = await arrive(neighbours)
  await neighbours.share(mina, ben)
  await expectWritingTogether(mina, ben)
  const people = [mina, ben]
  await Promise.all(people.map((person) => person.offlineReady()))

  for (const home of lab.homes) home.unplug()
  await Promise.all(people.map((person) => person.meets(0)))
  await mina.placeCaret(0, 'Written by Ada.'.length)
  await mina.type(' Mina was here.')
  await ben.type(' Ben was here.')
  // The app itself comes from the service worker now, the document from this device.
  await Promise.all(people.map(async (person) => person.saved().then(() => person.reload())))
  expect(await mina.text()).toBe('Written by Ada. Mina was here. Written by Ben.')
  expect(await ben.text()).toBe('Written by Ada. Written by Ben. Ben was here.')

  for (const home of lab.homes) home.plug()
  await Promise.all(people.map((person) => person.meets(1)))
  expect(await expectEqual(people)).toBe('Written by Ada. Mina was here. Written by Ben. Ben was here.')
})

test('forged updates of each kind, each on a link of its own, break nothing in Firefox', async ({
  neighbours,
  lab,
}) => {
  await lab.relay()
  const [left, right] = lab.homes
  const mina = await neighbours.arrive('Mina', await left.firefox())
  const link = await mina.startDocument()
  await mina.caretToEnd()
  const crowd = await left.crowd()
  let words = ''
  await attackWithUpdates(crowd, link, [mina], Object.keys(ATTACKS).length, async (come) => {
    words += `${come} `
    await mina.type(`${come} `)
  })
  await crowd.end()
  await mina.saved()
  await mina.reload()
  expect(await mina.text()).toBe(words)
  const ben = await neighbours.arrive('Ben', await right.chromium())
  await ben.open(link)
  await ben.sees(words.trim())
  await ben.caretToEnd()
  await ben.type('Ben.')
  await mina.sees(`${words}Ben.`)
  expect(await expectEqual([mina, ben])).toBe(`${words}Ben.`)
})

test('what a connection carries is changed 200 times from both sides at once, and nothing that is written suffers', async ({
  neighbours,
  lab,
}) => {
  // Firefox takes its time for each.
  test.setTimeout(240_000)
  await lab.relay()
  const [mina, ben] = await arrive(neighbours)
  await neighbours.share(mina, ben)
  await Promise.all([mina.meets(1), ben.meets(1)])
  await expectRenegotiation(mina, ben)
})

test('a description that spells its fingerprint in a way of its own is never set', async ({ neighbours, lab }) => {
  await lab.relay()
  const [mina, ben] = await arrive(neighbours)
  const link = await mina.startDocument()
  // What Ben's browser says of itself reaches Mina in another spelling each time.
  await ben.page.addInitScript(() => {
    let prototype = RTCPeerConnection.prototype
    while (!Object.hasOwn(prototype, 'localDescription')) {
      prototype = Object.getPrototypeOf(prototype) as RTCPeerConnection
    }
    const genuine = Object.getOwnPropertyDescriptor(prototype, 'localDescription') ?? {}
    const spellings: ((print: string) => string)[] = [
      (print) => `a=FINGERPRINT:sha-256 ${print}`,
      (print) => `a=fingerprint: sha-256 ${print}`,
      (print) => `a=fingerprint:sha-256\t${print}`,
      (print) => `a=fingerprint:sha-256 ${print} `,
      (print) => `a=fingerprint:sha-256 ${print}\r\na=fingerprint:sha-256 ${'00:'.repeat(31)}00`,
      (print) => `a=fingerprint:sha-1 ${print.slice(0, 59)}\r\na=fingerprint:sha-256 ${print}`,
    ]
    let turn = 0
    Object.defineProperty(prototype, 'localDescription', {
      configurable: true,
      get(this: RTCPeerConnection) {
        const description = genuine.get?.call(this) as RTCSessionDescription | null
        if (description === null) return null
        const spell = spellings[turn++ % spellings.length] ?? String
        const sdp = description.sdp.replace(/^a=fingerprint:sha-256 (\S+)/gmu, (_, print: string) => spell(print))
        return { type: description.type, sdp }
      },
    })
    Object.assign(window, { restore: () => Object.defineProperty(prototype, 'localDescription', genuine) })
  })
  await ben.page.goto(link)
  const refused = (): Promise<number> =>
    mina.page.evaluate(() => window.inkmesh?.room?.diagnostics().dropped['bad-description'] ?? 0)
  await expect.poll(refused, { timeout: 90_000 }).toBeGreaterThanOrEqual(6)
  await mina.meets(0)
  await ben.page.evaluate(() => (window as unknown as { restore: () => void }).restore())
  await Promise.all([mina.meets(1, 60_000), ben.meets(1, 60_000)])
})

test('Firefox keeps what comes in: encodings, pasted text and pages, dropped files', async ({ neighbours, lab }) => {
  await lab.relay()
  const [left] = lab.homes
  const mina = await neighbours.arrive('Mina', await left.firefox())
  const { page } = mina
  const drop = async (name: string, bytes: number[]): Promise<void> => {
    await page.getByRole('button', { name: 'Import files' }).waitFor()
    await page.evaluate(
      ([file, content]) => {
        const dataTransfer = new DataTransfer()
        dataTransfer.items.add(new File([Uint8Array.from(content)], file))
        for (const type of ['dragenter', 'dragover', 'drop'])
          document
            .querySelector('main')
            ?.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
      },
      [name, bytes] as const,
    )
  }
  const opened = async (): Promise<string> => {
    await mina.until(() => location.hash.startsWith('#edit='))
    await mina.ready()
    return mina.text()
  }
  // Each is said in the encoding that it is written in.
  const encodings: [name: string, bytes: Buffer, text: string][] = [
    [
      'memo.txt',
      Buffer.from('bec8b3e7c7cfbcbcbfe40ac7d1b1b9beee20b9aebcadc0d4b4cfb4d9', 'hex'),
      '안녕하세요\n한국어 문서입니다',
    ],
    [
      'brief.txt',
      Buffer.from('Gr\xfc\xdfe aus M\xfcnchen \x96 \x84sch\xf6n\x93 war es\n', 'latin1'),
      'Grüße aus München – „schön“ war es',
    ],
    ['wide.txt', Buffer.from('\ufeff가나다\r\nzwei', 'utf16le'), '가나다\nzwei'],
    ['note.md', Buffer.from('# Title\n\n- [x] done $a_b*c*$'), 'done $a_b*c*$'],
  ]
  for (const [name, bytes, text] of encodings) {
    await mina.goHome()
    await drop(name, [...bytes])
    expect(await opened(), name).toBe(text)
  }

  await mina.startDocument()
  await mina.caretToEnd()
  const paste = (data: Record<string, string>): Promise<void> =>
    page.evaluate((given) => {
      const clipboardData = new DataTransfer()
      for (const [type, content] of Object.entries(given)) clipboardData.setData(type, content)
      const body = document.querySelector('[role=textbox][aria-multiline=true]')
      const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true })
      // Firefox takes no data with the event that it makes.
      body?.dispatchEvent(Object.defineProperty(event, 'clipboardData', { value: clipboardData }))
    }, data)
  await paste({ 'text/plain': 'Ada Lovelace\n12 Square\n\nLondon' })
  await mina.sees('London')
  expect(await mina.text()).toBe('Ada Lovelace\n12 Square\n\nLondon')
  await mina.page.keyboard.press('Enter')
  await paste({ 'text/html': '<p>10<sup>6</sup></p><ul><li>a<li>b</ul>', 'text/plain': 'plain' })
  await mina.sees('106')
  await expect(mina.body.locator('sup')).toHaveText('6')
  await mina.page.keyboard.press('Enter')
  // What is long is read in a worker.
  await paste({ 'text/html': `${'<p>long <b>words</b></p>'.repeat(3000)}<p>the end</p>`, 'text/plain': 'plain' })
  await mina.sees('the end')
  expect(await mina.body.locator('strong').count()).toBe(3000)

  // Several files are kept by a worker.
  await mina.goHome()
  await page.getByRole('button', { name: 'Import files' }).waitFor()
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer()
    for (const name of ['one.md', 'two.md']) dataTransfer.items.add(new File([`words of ${name}`], name))
    document
      .querySelector('main')
      ?.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  })
  await expect(page.getByText('Imported 2 documents.')).toBeVisible()
})
