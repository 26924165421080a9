import { expect, expectEqual, test } from '../support/people.ts'

test('writing goes on while the relay is dead, and a newcomer joins within 5 s of its return', async ({ people }) => {
  const [ada, ben, link] = await people.pair()
  await ada.type('Before. ')
  await ben.sees('Before.')

  await people.relay.stop()
  await expect(ada.status).toContainText('Connected to 1 · server unreachable')
  await ada.type('During, by Ada. ')
  await ben.sees('During, by Ada.')
  await ben.type('During, by Ben. ')
  await ada.sees('During, by Ben.')

  const cora = await people.arrive('Cora')
  await people.relay.restart()
  const back = Date.now()
  await cora.open(link)
  await cora.sees('During, by Ben.')
  expect(Date.now() - back).toBeLessThan(5000)
  await cora.type('After, by Cora.')
  const text = await expectEqual([ada, ben, cora])
  expect(text).toBe('Before. During, by Ada. During, by Ben. After, by Cora.')
  await expect(ada.status).toContainText('With Ben and Cora')
})
