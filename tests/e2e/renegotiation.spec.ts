import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'
import { expectRenegotiation } from '../support/renegotiation.ts'

test('what a connection carries is changed 200 times from both sides at once, and nothing that is written suffers', async ({
  people,
}) => {
  test.setTimeout(120_000)
  const [ada, ben] = await people.pair()
  await expectRenegotiation(ada, ben)
})

type SetLocal = (description?: RTCLocalSessionDescriptionInit) => Promise<void>

test('an offer that the browser will not set although it has made it is mended, and the connection stays', async ({
  people,
}) => {
  const [ada, ben] = await people.pair()
  const voices = async (person: Person): Promise<number> =>
    person.page.evaluate(() => {
      const [pc] = window.inkmesh?.room?.connections ?? []
      return pc?.getTransceivers().filter(({ mid }) => mid !== null).length ?? -1
    })
  const connections = (person: Person): Promise<number | undefined> =>
    person.page.evaluate(() => window.inkmesh?.room?.diagnostics().connections)
  const before = await Promise.all([ada, ben].map(connections))
  for (const [n, person] of [ada, ben].entries()) {
    await person.page.evaluate(() => {
      const [pc] = window.inkmesh?.room?.connections ?? []
      if (pc === undefined) throw new Error('No connection')
      const own: { setLocalDescription: SetLocal } = pc
      own.setLocalDescription = (description) => {
        Reflect.deleteProperty(own, 'setLocalDescription')
        if (description !== undefined) return own.setLocalDescription(description)
        return Promise.reject(new DOMException('A collision', 'InvalidAccessError'))
      }
      pc.addTransceiver('audio')
    })
    await expect.poll(() => Promise.all([ada, ben].map(voices))).toEqual([n + 1, n + 1])
  }
  expect(await Promise.all([ada, ben].map(connections))).toEqual(before)
  await ada.type('All is well.')
  await ben.sees('All is well.')
})
