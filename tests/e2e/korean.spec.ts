import { expect, expectEqual, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

/** The steps in which an input method composes 한, 글 and 은. */
const SYLLABLES = [
  ['ㅎ', '하', '한'],
  ['ㄱ', '그', '글'],
  ['ㅇ', '으', '은'],
]

/** Composes syllable by syllable, as a Korean input method does; `meanwhile` runs in the middle of each. */
async function compose(person: Person, meanwhile: (syllable: number) => Promise<void>): Promise<void> {
  for (const [index, steps] of SYLLABLES.entries()) {
    for (const [step, text] of steps.entries()) {
      await person.cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
      if (step === 1) await meanwhile(index)
    }
    await person.cdp.send('Input.insertText', { text: steps.at(-1) ?? '' })
  }
}

test('Korean composed in a paragraph that another edits before, behind and inside is exact on both sides', async ({
  people,
}) => {
  const [ada, ben] = await people.pair()
  await ada.type('앞 가운데 뒤')
  await ben.sees('앞 가운데 뒤')
  await ada.placeCaret(0, '앞 가운데'.length)
  const places = [
    { at: 0, text: 'B1' },
    { at: 'B1앞 가운'.length, text: 'B2' },
    { at: Infinity, text: 'B3' },
  ]
  await compose(ada, async (syllable) => {
    const place = places[syllable]
    if (!place) return
    const length = (await ben.text()).length
    await ben.placeCaret(0, Math.min(place.at, length))
    await ben.type(place.text)
  })
  await ben.sees('한글은')
  expect(await expectEqual([ada, ben])).toBe('B1앞 가운B2데한글은 뒤B3')
  await expect(ada.body).toContainText('B1앞 가운B2데한글은')
})

test('two people compose Korean in one paragraph at once', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.type('처음 끝')
  await ben.sees('처음 끝')
  await ada.placeCaret(0, 0)
  await ben.placeCaret(0, '처음 끝'.length)
  const nothing = (): Promise<void> => Promise.resolve()
  await Promise.all([compose(ada, nothing), compose(ben, nothing)])
  expect(await expectEqual([ada, ben])).toBe('한글은처음 끝한글은')
})
