import { expect, test } from '../support/people.ts'
import { TestRelay } from '../support/relay.ts'

test('where who runs the relay wants nobody to talk, no huddle is offered, and two write together', async ({
  people,
}) => {
  const quiet = await TestRelay.start({ huddles: false })
  try {
    const [ada, ben] = [await people.arrive('Ada', {}, quiet), await people.arrive('Ben', {}, quiet)]
    await ben.open(await ada.startDocument())
    await Promise.all([ada.meets(1), ben.meets(1)])
    await ada.type('words')
    await ben.sees('words')
    const offers = ada.page.getByRole('button', { name: 'Start a huddle' })
    await expect(offers).toHaveCount(0)
    const refusal = ada.page.evaluate(() => navigator.mediaDevices.getUserMedia({ audio: true }))
    await expect(refusal).rejects.toThrow('NotAllowedError')

    // Elsewhere it is offered, by the same name.
    const cem = await people.arrive('Cem')
    await cem.startDocument()
    await expect(cem.page.getByRole('button', { name: 'Start a huddle' })).toBeVisible()
  } finally {
    await quiet.stop()
  }
})
