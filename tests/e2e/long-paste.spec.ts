/** What is long is read beside the page: keys are answered meanwhile, and what would take minutes is given up. */
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

/** Pastes into the text. Runs inside the page. */
function paste({ html, text }: { html?: string; text: string }): void {
  const clipboardData = new DataTransfer()
  if (html !== undefined) clipboardData.setData('text/html', html)
  clipboardData.setData('text/plain', text)
  const body = document.querySelector('[role=textbox][aria-multiline=true]')
  body?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
}

const linesOf = (person: Person): Promise<string[]> =>
  person.body.evaluate((body) => [...body.children].map(({ textContent }) => textContent))

test('long HTML lands where it was pasted, although one types on, and one step takes it back', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.caretToEnd()
  await ada.type('Before.')
  await ada.page.keyboard.press('Enter')
  const paragraphs = Array.from(
    { length: 900 },
    (_, i) => `<p>Line <b>${i}</b> <span style="color:red">of many</span></p>`,
  )
  // In one turn, so that what is pasted cannot have been read yet.
  await ada.page.evaluate((html) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/html', html)
    const body = document.querySelector('[role=textbox][aria-multiline=true]')
    body?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else types within a turn of the page
    document.execCommand('insertText', false, 'typed on')
  }, paragraphs.join('\n'))
  await ada.sees('Line 899 of many')
  const lines = await linesOf(ada)
  const first = lines.indexOf('Line 0 of many')
  const pasted = paragraphs.map((_, i) => `Line ${i} of many`)
  expect(lines.slice(first)).toEqual([...pasted.slice(0, -1), `${pasted.at(-1)}typed on`])
  expect(await ada.body.locator('strong').count()).toBe(900)
  await ben.sees('Line 899 of many')
  await ada.page.keyboard.press('Control+z')
  await expect.poll(() => linesOf(ada)).toEqual([...lines.slice(0, first), 'typed on'])
})

test('long HTML is read as short HTML is', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const piece =
    '<p>un<b>closed<p>next</b> one<ul><li>a<ol start=3><li>c</ol></ul><table><tr><td>x<td>y</table><h3>Head<br>line</h3>'
  const shown: string[] = []
  for (const html of [piece, `${piece}<!-- ${'long '.repeat(11_000)}-->`]) {
    await ada.startDocument()
    await ada.page.evaluate(paste, { html, text: 'plain' })
    await ada.sees('Head')
    shown.push(await ada.body.evaluate((body) => body.innerHTML))
  }
  expect(shown[1]).toBe(shown[0])
})

const HTML: Record<string, (size: number) => string> = {
  'elements within elements': (size) => '<div>'.repeat(size / 5),
  'formats across paragraphs': (size) => '<b><i><a href="https://a.example"><p>'.repeat(size / 37),
  'tables within tables': (size) => '<table><td>a'.repeat(size / 12),
  'paragraphs within spans': (size) => '<span>'.repeat(size / 12) + '<p>'.repeat(size / 6),
  'attributes without end': (size) => `<p ${Array.from({ length: size / 7 }, (_, i) => `a${i}`).join(' ')}>`,
}

for (const size of [100_000, 1_000_000]) {
  test(`hostile HTML of ${size} characters ends within 5 s, read or with a plain word, and keys are answered meanwhile`, async ({
    people,
  }) => {
    test.setTimeout(120_000)
    const ada = await people.arrive('Ada')
    for (const [name, make] of Object.entries(HTML)) {
      await ada.startDocument()
      await ada.body.click()
      const began = Date.now()
      await ada.page.evaluate(paste, { html: `${make(size)}the end`, text: 'in short, the end' })
      await ada.page.keyboard.type('keys')
      await ada.sees('keys')
      const answered = Date.now() - began
      await ada.sees('the end')
      const ended = Date.now() - began
      const isGivenUp = (await ada.text()).includes('in short')
      if (isGivenUp) await expect(ada.page.getByText('Its text was pasted')).toBeVisible()
      console.log(`${name}: keys after ${answered} ms, ${isGivenUp ? 'given up' : 'read'} after ${ended} ms`)
      expect(ended, name).toBeLessThan(8000)
    }
  })
}
