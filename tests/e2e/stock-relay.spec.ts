import { expect, expectDataChannel, expectEqual, test } from '../support/people.ts'
import { StockRelay } from '../support/stock-relay.ts'

test("two people meet through y-webrtc's own signaling server, without /ice, and write together", async ({
  people,
}) => {
  const stock = await StockRelay.start()
  try {
    const [ada, ben] = [await people.arrive('Ada', {}, stock), await people.arrive('Ben', {}, stock)]
    const link = await ada.startDocument()
    await ada.type('Written by Ada. ')
    await ben.open(link)
    await Promise.all([ada.meets(1), ben.meets(1)])
    await ben.sees('Written by Ada.')
    await ben.caretToEnd()
    await ben.type('Written by Ben. ')
    await ada.sees('Written by Ben.')
    await expect(ada.status).toContainText('With Ben')
    await expectDataChannel(ada, ben)

    await ben.unplug()
    await ada.caretToEnd()
    await ada.type('Ben is offline. ')
    await ben.caretToEnd()
    await ben.type('So he is. ')
    await ben.heal()
    await expectEqual([ada, ben])
    const text = await ada.text()
    for (const words of ['Written by Ada.', 'Written by Ben.', 'Ben is offline.', 'So he is.'])
      expect(text).toContain(words)
    expect([...stock.missed]).toContain('/ice')
  } finally {
    await stock.stop()
  }
})
