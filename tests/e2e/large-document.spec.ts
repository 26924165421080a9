import { asMarkdown, proseLines } from '../support/corpus.ts'
import { expect, expectDataChannel, expectEqual, test } from '../support/people.ts'

const BLOCKS = 1000
const LENGTH = 5300

test('a document of more than 5 MB reaches a newcomer while others go on writing', async ({ people }) => {
  test.setTimeout(120_000)
  const ada = await people.arrive('Ada')
  const link = await ada.importMarkdown('long.md', asMarkdown(proseLines(BLOCKS, LENGTH)))
  await ada.until((count) => window.inkmesh?.editor.view.state.doc.childCount === count, BLOCKS, 60_000)

  const ben = await people.arrive('Ben')
  await ben.page.goto(link)
  await ada.meets(1)
  await ada.placeCaret(0, 0)
  await ada.type('Meanwhile. ')
  await ben.ready()
  await ben.sees('Meanwhile. Line 0', 60_000)
  const text = await expectEqual([ada, ben], 60_000)
  expect(text.length).toBeGreaterThan(5_000_000)
  await expectDataChannel(ada, ben)

  const before = Date.now()
  await ben.placeCaret(1, 0)
  await ben.type('And back. ')
  await ada.sees('And back. Line 1')
  expect(Date.now() - before).toBeLessThan(5000)
})
