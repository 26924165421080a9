import { asMarkdown, proseLines } from '../support/corpus.ts'
import { expect, expectDataChannel, expectEqual, test } from '../support/people.ts'

const BLOCKS = 1000
const LENGTH = 5300

test('a document of more than 5 MB reaches a newcomer while others go on writing', async ({ people }) => {
  test.setTimeout(120_000)
  const ada = await people.arrive('Ada')
  const link = await ada.importMarkdown('long.md', asMarkdown(proseLines(BLOCKS, LENGTH)))
  await ada.until((count) => window.inkmesh?.editor?.view.state.doc.childCount === count, BLOCKS, 60_000)

  const ben = await people.arrive('Ben')
  await ben.page.goto(link)
  await ada.meets(1)
  await ada.placeCaret(0, 0)
  await ada.type('Meanwhile. ')
  await ben.ready()
  await ben.until(begins, [0, 'Meanwhile. Line 0'] as const, 60_000)
  const text = await expectEqual([ada, ben], 60_000)
  expect(text.length).toBeGreaterThan(5_000_000)
  await expectDataChannel(ada, ben)

  const before = Date.now()
  await ben.placeCaret(1, 0)
  await ben.type('And back. ')
  await ada.until(begins, [1, 'And back. Line 1'] as const)
  expect(Date.now() - before).toBeLessThan(5000)
})

/** Whether a block begins with a text. Asked of the model: the text of five megabytes of DOM is slow to read. */
const begins = ([block, text]: readonly [number, string]): boolean =>
  window.inkmesh?.editor?.view.state.doc.maybeChild(block)?.textContent.startsWith(text) ?? false
