import { crowdTest as test } from '../support/crowded.ts'
import { attackWithUpdates } from '../support/hostile-updates.ts'
import { expect, expectEqual } from '../support/people.ts'

test('200 forged updates, each on a link of its own, break nothing: both write on, and a reload has it all', async ({
  people,
  crowd,
}) => {
  test.setTimeout(300_000)
  const [ada, ben, link] = await people.pair()
  await ada.caretToEnd()
  let words = ''
  await attackWithUpdates(crowd, link, [ada, ben], 200, async (come) => {
    words += `${come} `
    await ada.type(`${come} `)
    await ben.sees(words.trim())
  })
  await ben.caretToEnd()
  await ben.type('Ben, too.')
  await ada.sees(`${words}Ben, too.`)
  expect(await expectEqual([ada, ben])).toBe(`${words}Ben, too.`)
  await Promise.all([ada, ben].map((person) => person.saved().then(() => person.reload())))
  expect(await expectEqual([ada, ben])).toBe(`${words}Ben, too.`)
})
