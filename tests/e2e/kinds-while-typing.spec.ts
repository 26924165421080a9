import { expect, expectEqual, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

const SENTENCE = 'Not one letter of this sentence may be lost while its block changes.'

test('no letter is lost while another person turns the block into something else', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.type('Start: ')
  await ben.sees('Start:')
  const kinds = ['Heading 1', 'Bulleted list', 'Quote', 'Task list', 'Heading 2', 'Numbered list', 'Text']
  await ben.caretToEnd()
  await ada.placeCaret(0, 0)
  await Promise.all([
    ben.page.keyboard.type(SENTENCE, { delay: 25 }),
    (async () => {
      for (const kind of kinds) await ada.choose(kind)
    })(),
  ])
  await ada.sees(SENTENCE)
  expect(await expectEqual([ada, ben])).toBe(`Start: ${SENTENCE}`)
})

test('a block changed by both at once is not doubled', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.type('Two opinions about this line.')
  await ben.sees('about this line.')
  await apart(ada, ben, [() => ada.choose('Heading 1'), () => ben.choose('Bulleted list')])
  expect(await expectEqual([ada, ben])).toBe('Two opinions about this line.')
})

test('when two people empty the same list at once, nothing else goes', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.type('Above.\n- one\ntwo\nthree')
  await ada.page.keyboard.press('Enter')
  await ada.page.keyboard.press('Enter')
  await ada.type('Below.')
  await ben.sees('Below.')
  expect(await expectEqual([ada, ben])).toBe('Above.\none\ntwo\nthree\nBelow.')

  const deleteList = async (person: Person): Promise<void> => {
    await person.select([1, 0], [3, 'three'.length])
    await person.page.keyboard.press('Delete')
  }
  await apart(ada, ben, [() => deleteList(ada), () => deleteList(ben)])
  const text = await expectEqual([ada, ben])
  expect(text.split('\n').filter((line) => line !== '')).toEqual(['Above.', 'Below.'])
})

/** Both act while their link is cut, so that neither can know of the other's change. */
async function apart(ada: Person, ben: Person, actions: (() => Promise<void>)[]): Promise<void> {
  await Promise.all([ada.cut(), ben.cut()])
  for (const act of actions) await act()
  await Promise.all([ada.heal(), ben.heal()])
}
