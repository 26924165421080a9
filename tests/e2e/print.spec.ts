import { writeFile } from 'node:fs/promises'
import { extractText } from 'unpdf'
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

/** How many sheets a document makes. */
async function sheets({ page }: Person): Promise<number> {
  const pdf = await page.pdf({ format: 'A4' })
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b/gu)?.length ?? 0
}

test('a document prints as its title and its text, on as many sheets as it takes, in the dark as well', async ({
  people,
}) => {
  const ada = await people.arrive('Ada')
  await ada.importMarkdown('plan.md', '# Plan\n\n- [x] done\n- [ ] open\n\n> quoted\n\n## Next\n\ntext\n')
  await ada.page.getByRole('button', { name: 'More' }).waitFor()
  await ada.page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await expect(ada.title).toBeVisible()
  await expect(ada.page.getByText('quoted')).toBeVisible()
  await expect(ada.page.getByRole('banner')).toBeHidden()
  await expect(ada.page.getByRole('toolbar')).toBeHidden()
  const ink = await ada.body.evaluate((body) => getComputedStyle(body).color)
  expect(ink).toMatch(/^rgb\((?:[0-5]?\d), (?:[0-5]?\d), (?:[0-5]?\d)\)$/u)
  expect(await sheets(ada)).toBe(1)
  // No room is left below the text, which would be an empty sheet in the end.
  const below = await ada.body.evaluate(
    (body) => document.body.getBoundingClientRect().bottom - body.getBoundingClientRect().bottom,
  )
  expect(below).toBeLessThan(2)

  await ada.page.emulateMedia({ media: null })
  const paragraph = `${'All of this stands on paper. '.repeat(14)}\n\n`
  await ada.importMarkdown('long.md', `# Long\n\n${paragraph.repeat(330)}The end.\n`)
  await ada.sees('The end.')
  await ada.page.getByRole('button', { name: 'More' }).waitFor()
  expect(await sheets(ada)).toBeGreaterThanOrEqual(40)
})

test('the menu prints', async ({ people }) => {
  const ada = await people.arrive('Ada', {
    before: [
      () => Object.assign(window, { printed: 0, print: () => (window as unknown as { printed: number }).printed++ }),
    ],
  })
  await ada.startDocument()
  await ada.page.getByRole('button', { name: 'More' }).click()
  await ada.page.getByRole('menuitem', { name: 'Print or save as PDF' }).click()
  await expect.poll(() => ada.page.evaluate(() => (window as unknown as { printed: number }).printed)).toBe(1)
})

/** A document with every kind of block and of mark. */
const EVERYTHING = `# Everything on paper

## Heading two

### Heading three

A paragraph with **strong**, *emphasis*, <u>underline</u>, ~~strike~~, <mark>highlight</mark>, \`code\`, H<sub>2</sub>O,
10<sup>6</sup> and [a link](https://example.com/linked).

- bullet one
  - bullet two
    - bullet three

3. three
4. four

- [x] ticked task
- [ ] open task

> A quote,
>
> > and one within it.

\`\`\`js
const code = 'as on screen'
\`\`\`

---

| A | table |
| - | - |
| kept | as code |

한국어 문장도 종이에 나온다.

The last words.
`

test('a PDF has all of the text, whatever kind it is, with ticks that are ticks', async ({ people }, testInfo) => {
  const ada = await people.arrive('Ada')
  await ada.importMarkdown('everything.md', EVERYTHING)
  await ada.page.getByRole('button', { name: 'More' }).waitFor()
  const boxes = ada.body.getByRole('checkbox')
  await expect(boxes).toHaveCount(2)
  await ada.page.emulateMedia({ media: 'print' })
  const drawn = await boxes.evaluateAll((all) =>
    all.map((box) => {
      const { backgroundColor, printColorAdjust } = getComputedStyle(box)
      const tick = getComputedStyle(box, '::after')
      return { backgroundColor, printColorAdjust, tick: tick.content, width: tick.borderRightWidth }
    }),
  )
  const [ticked, open] = drawn
  expect(ticked?.tick).not.toBe('none')
  expect(ticked?.width).not.toBe('0px')
  expect(open?.tick).toBe('none')
  expect(ticked?.backgroundColor).not.toBe(open?.backgroundColor)
  expect(drawn.map(({ printColorAdjust }) => printColorAdjust)).toEqual(['exact', 'exact'])
  await ada.page.emulateMedia({ media: null })
  const pdf = await ada.page.pdf({ format: 'A4', printBackground: false })
  await writeFile(testInfo.outputPath('everything.pdf'), pdf)
  const { text } = await extractText(new Uint8Array(pdf), { mergePages: true })
  const letters = (words: string): string => words.normalize('NFKC').replace(/[^\p{L}\p{N}]/gu, '')
  for (const line of ['Everything on paper', ...(await ada.text()).split('\n')]) {
    expect(letters(text), line).toContain(letters(line))
  }
})
