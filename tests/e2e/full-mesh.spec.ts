import { expect, expectDataChannel, expectEqual, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

interface Count {
  sent: number
  forwarded: number
  received: number
}

/** Document messages sent, passed on and received, by all in the room together. */
async function countDocumentMessages(people: Person[]): Promise<Count> {
  const total: Count = { sent: 0, forwarded: 0, received: 0 }
  for (const person of people) {
    const count = await person.page.evaluate(() => window.inkmesh?.room?.diagnostics().document)
    if (!count) throw new Error('No room')
    total.sent += count.sent
    total.forwarded += count.forwarded
    total.received += count.received
  }
  return total
}

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
  await ada.type('Once')
  await expectEqual(all)

  const before = await countDocumentMessages(all)
  const updates = await ada.page.evaluateHandle(() => {
    const count = { own: 0 }
    window.inkmesh?.doc.on('update', () => (count.own += 1))
    return count
  })
  await ada.type(' upon a time')
  for (const person of all) await person.sees('Once upon a time')
  const own = await updates.evaluate((count) => count.own)
  const after = await countDocumentMessages(all)

  expect(own).toBeGreaterThanOrEqual(1)
  expect(after.sent - before.sent).toBe(4 * own)
  expect(after.forwarded - before.forwarded).toBe(0)
  expect(after.received - before.received).toBe(4 * own)
  await expectEqual(all)
  await expectDataChannel(...all)
})
