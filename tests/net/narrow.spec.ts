import { concealed, control, expectToHear, expectToSee, flowOf, joinHuddle } from '../support/calls.ts'
import { expectEqual } from '../support/people.ts'
import { median, ms, quantile } from '../bench/support/table.ts'
import { keyToScreen, typeSteadily, watchEachOther } from './keystrokes.ts'
import { expect, test } from './neighbours.ts'

test.use({ labOptions: { far: true } })

/** A small camera in the dark: its grain takes more than the narrow line can carry, and next to nothing of the machine. Runs inside the page, before the app. */
function useGrainyCamera(): void {
  const { mediaDevices } = navigator
  const open = mediaDevices.getUserMedia.bind(mediaDevices)
  mediaDevices.getUserMedia = (constraints) => {
    if (constraints?.video === undefined) return open(constraints)
    const canvas = document.createElement('canvas')
    canvas.width = 320
    canvas.height = 180
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('No canvas')
    const picture = context.createImageData(canvas.width, canvas.height)
    const pixels = new Uint32Array(picture.data.buffer)
    setInterval(() => {
      for (let i = 0; i < pixels.length; i++) pixels[i] = 0xff000000 + 0x010101 * Math.floor(256 * Math.random())
      context.putImageData(picture, 0, 0)
    }, 66)
    return Promise.resolve(canvas.captureStream())
  }
}

/** As on a fine screen, for which more is asked; but nothing more is drawn. Runs inside the page, before the app. */
function useFineScreen(): void {
  Object.defineProperty(window, 'devicePixelRatio', { value: 2.5 })
}

test('on a narrow line a voice stays whole, a picture shrinks, and grows again', async ({ neighbours, lab }) => {
  await lab.relay()
  lab.homes[0].line?.behave({ delay: 20, loss: 0, down: false, rate: 0 })
  const [ada, ben] = await neighbours.pair({ before: [useGrainyCamera, useFineScreen] })
  await Promise.all([ada.meets(1), ben.meets(1)])
  await Promise.all([joinHuddle(ada), joinHuddle(ben)])
  await control(ada, 'Camera on').click()
  await expectToSee(ben, 'Ada')
  await control(ben, 'Show everyone').click()
  const height = async (): Promise<number> => (await flowOf(ben)).height
  /** Bits a second of the picture, over a second. */
  const rate = async (): Promise<number> => {
    const { pictureBytes } = await flowOf(ben)
    const from = performance.now()
    await new Promise((resolve) => setTimeout(resolve, 1000))
    return (((await flowOf(ben)).pictureBytes - pictureBytes) * 8000) / (performance.now() - from)
  }

  await expect.poll(rate, { timeout: 20_000, intervals: [0] }).toBeGreaterThan(450_000)
  const wide = await height()

  lab.homes[0].line?.behave({ rate: 300_000 })
  await expect.poll(rate, { timeout: 20_000, intervals: [0] }).toBeLessThan(300_000)
  const narrow = await height()
  const made = await concealed(ben)
  const { voicePackets, pictureBytes } = await flowOf(ben)
  const since = performance.now()
  await watchEachOther(ada, ben)
  await ada.caretToEnd()
  await typeSteadily(ada, 'Written on a narrow line.', 5)
  await expectToHear(ben)
  const seconds = (performance.now() - since) / 1000
  const lost = ((await concealed(ben)) - made) / 48_000
  const flow = await flowOf(ben)
  const packets = flow.voicePackets - voicePackets
  /** Bits a second of the picture, as long as the line was narrow. */
  const before = ((flow.pictureBytes - pictureBytes) * 8) / seconds
  await ben.sees('Written on a narrow line.')
  const times = await keyToScreen(ada, ben)
  lab.homes[0].line?.behave({ rate: 0 })
  const back = performance.now()
  await expect.poll(rate, { timeout: 20_000, intervals: [0] }).toBeGreaterThan(1.5 * before)
  const kilobits = (bits: number): string => `${(bits / 1000).toFixed(0)} kbit/s`
  console.log(
    `300 kbit/s: the picture shrank from ${wide} to ${narrow} lines and ${kilobits(before)}, and had half more ${((performance.now() - back) / 1000).toFixed(1)} s after; ` +
      `${(packets / seconds).toFixed(0)} packets of voice a second, ${((lost / seconds) * 100).toFixed(1)} % made up; ` +
      `a key took ${ms(median(times))} (p95 ${ms(quantile(times, 0.95))})`,
  )
  expect(lost / seconds).toBeLessThan(0.2)
  expect(quantile(times, 0.95)).toBeLessThan(2000)
  expect(await expectEqual([ada, ben])).toBe('Written on a narrow line.')
})
