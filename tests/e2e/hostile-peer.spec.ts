import { expect, expectEqual, test } from '../support/people.ts'

/** Sends what no honest peer would, over every open data channel of the page; gives how much was sent. Runs inside the page. */
async function attack(frames: number): Promise<number> {
  const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))
  const isOpen = ({ readyState }: RTCDataChannel): boolean => readyState === 'open'
  const isFull = ({ bufferedAmount }: RTCDataChannel): boolean => bufferedAmount > 1e6
  const channels = window.probe.channels
  let sent = 0
  for (let i = 0; i < frames; i++) {
    const frame = random([0, 1, 7, 64, 900, 16_384, 65_536][i % 7] ?? 1)
    // Two of three begin as a frame of ours would: a version and a kind.
    if (i % 3 !== 0 && frame.length > 2) {
      frame[0] = 1
      // But for those by which it would end its link itself.
      frame[1] = [9, 11].includes(i % 16) ? 2 : i % 16
    }
    while (channels.some((channel) => isOpen(channel) && isFull(channel))) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    for (const channel of channels.filter(isOpen)) {
      if (i % 50 === 0) channel.send('not even bytes')
      else channel.send(frame)
      sent += 1
    }
  }
  return sent
}

test('ten thousand hostile frames cost their sender the link, and nobody else anything', async ({ people }) => {
  test.setTimeout(120_000)
  const [ada, ben, link] = await people.pair()
  await ada.type('Before the attack. ')
  const mallory = await people.arrive('Mallory')
  await mallory.open(link)
  await Promise.all([ada.meets(2), ben.meets(2), mallory.sees('Before the attack.')])
  const heap = (): Promise<number> => ada.heap()
  const before = await heap()

  let sent = 0
  for (let wave = 0; wave < 10; wave++) {
    sent += await mallory.page.evaluate(attack, 1000)
    await ada.type(`${wave} `)
    await ben.sees(`${wave} `)
  }
  expect(sent).toBeGreaterThan(0)
  await ben.type('After the attack.')
  await ada.sees('After the attack.')
  expect(await expectEqual([ada, ben])).toMatch(/^Before the attack\. .*After the attack\.$/u)
  expect(await heap()).toBeLessThan(before + 30e6)

  // Both have thrown the sender out, and say why; nobody else.
  await Promise.all([ada.meets(1), ben.meets(1), mallory.meets(0)])
  for (const person of [ada, ben]) {
    const dropped = await person.page.evaluate(() => window.inkmesh?.room?.diagnostics().dropped)
    expect(dropped).toMatchObject({ 'refused: hostile': 1 })
    await expect(person.cursors).toHaveCount(1)
  }
})
