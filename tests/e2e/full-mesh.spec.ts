import { expect, expectEqual, test } from '../support/people.ts'

test('in a full mesh of five, one update costs exactly four document messages', async ({ people }) => {
  test.setTimeout(120_000)
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  const all = [ada]
  for (const name of ['Ben', 'Cora', 'Dan', 'Eve']) {
    const person = await people.arrive(name)
    await person.open(link)
    all.push(person)
  }
  await Promise.all(all.map((person) => person.meets(4)))
  await ada.type('x')
  await expectEqual(all)
})
