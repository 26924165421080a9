import { readFileSync } from 'node:fs'
import { expect, expectEqual, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

interface Vector {
  title: string
  payload: string
}

const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/dompurify/vectors.json', import.meta.url), 'utf8'),
) as Vector[]

/** Pastes as the browser would after a copy from a hostile page. Runs inside the page. */
function paste({ html, text }: { html?: string; text?: string }): void {
  const clipboardData = new DataTransfer()
  if (html !== undefined) clipboardData.setData('text/html', html)
  if (text !== undefined) clipboardData.setData('text/plain', text)
  const body = document.querySelector('[role=textbox][aria-multiline=true]')
  body?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
}

/** ProseMirror itself puts empty `img` separators where browsers need them. */
async function expectNoScript(person: Person): Promise<void> {
  expect(await person.page.evaluate(() => window.probe.violations)).toEqual([])
  expect(
    await person.body
      .locator('script, iframe, object, embed, form, style, svg, math, img:not(.ProseMirror-separator)')
      .count(),
  ).toBe(0)
  const attributes = await person.body.evaluate((body) =>
    [...body.querySelectorAll('*')].flatMap((element) => element.getAttributeNames()),
  )
  expect(attributes.filter((name) => name.startsWith('on'))).toEqual([])
  const addresses = await person.body.evaluate((body) =>
    [...body.querySelectorAll('a')].map(({ protocol }) => protocol),
  )
  expect(addresses.filter((protocol) => !['http:', 'https:', 'mailto:', 'tel:'].includes(protocol))).toEqual([])
}

/** Fails the test as soon as any script of a payload runs. */
function watch(person: Person): string[] {
  const ran: string[] = []
  person.page.on('dialog', (dialog) => {
    // The app's own question, whether to leave words that are on this device only.
    if (dialog.type() === 'beforeunload') return void dialog.accept()
    ran.push(dialog.message())
    void dialog.dismiss()
  })
  return ran
}

test('nothing of hostile HTML runs, here or at the peer', async ({ people }) => {
  test.setTimeout(120_000)
  const [ada, ben] = await people.pair()
  const ran = [watch(ada), watch(ben)]
  await ada.caretToEnd()
  for (const { payload } of vectors) await ada.page.evaluate(paste, { html: payload })
  await ada.caretToEnd()
  await ada.type('The end.')
  await ben.sees('The end.')
  await expectEqual([ada, ben])
  for (const person of [ada, ben]) await expectNoScript(person)
  expect(ran.flat()).toEqual([])
})

test('nothing of hostile Markdown runs, pasted or imported', async ({ people }) => {
  test.setTimeout(120_000)
  const [ada, ben] = await people.pair()
  const ran = [watch(ada), watch(ben)]
  const markdown = [
    '[a](javascript:alert(1)) [b](JaVaScRiPt:alert(2)) [c](data:text/html,<script>alert(3)</script>)',
    '[d](vbscript:alert(4)) ![e](x" onerror="alert(5)) <javascript:alert(6)>',
    ...vectors.map(({ payload }) => payload),
  ].join('\n\n')
  await ada.caretToEnd()
  await ada.page.evaluate(paste, { text: markdown })
  await ada.caretToEnd()
  await ada.page.keyboard.press('Enter')
  await ada.type('The end.')
  await ben.sees('The end.')
  for (const person of [ada, ben]) await expectNoScript(person)

  const link = await ada.importMarkdown('hostile.md', markdown)
  await ben.open(link)
  await ben.meets(1)
  await expectEqual([ada, ben])
  for (const person of [ada, ben]) await expectNoScript(person)
  expect(ran.flat()).toEqual([])
})
