/** Changes what a connection carries, from both of its ends at once, while both write. */
import { expect, expectEqual } from './people.ts'
import type { Person } from './person.ts'
import { seeded } from './random.ts'

/** Both sides go on until so much was negotiated. Changes of one moment are negotiated together. */
const NEGOTIATIONS = 200

/** Different changes, which are made over and over. */
const CHANGES = 100

/** What a transceiver may become; a track it never has. */
const DIRECTIONS = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const

/** Most transceivers that one side makes. */
const MOST = 5

/** How a connection stands: what it carries, by the name that both sides have for it, and how often something was negotiated. */
interface Standing {
  mids: string[]
  negotiated: number
  connections: number
  isStable: boolean
}

/** Notes how often something is negotiated from now on. */
const watch = (person: Person): Promise<void> =>
  person.page.evaluate(() => {
    const [pc] = window.inkmesh?.room?.connections ?? []
    if (pc === undefined) throw new Error('No connection')
    Object.assign(window, { negotiated: 0, watched: pc })
    pc.addEventListener('signalingstatechange', () => {
      const counter = window as unknown as { negotiated: number }
      if (pc.signalingState === 'stable') counter.negotiated++
    })
  })

const standingOf = (person: Person): Promise<Standing> =>
  person.page.evaluate(() => {
    const { negotiated, watched } = window as unknown as { negotiated: number; watched: RTCPeerConnection }
    const [pc] = window.inkmesh?.room?.connections ?? []
    if (pc !== watched) throw new Error('The connection has been replaced')
    return {
      mids: pc
        .getTransceivers()
        .map(({ mid }) => mid ?? 'none')
        .sort(),
      negotiated,
      connections: window.inkmesh?.room?.diagnostics().connections ?? 0,
      isStable: pc.signalingState === 'stable',
    }
  })

/** Adds transceivers without tracks and changes their directions, some at once and some a moment later. */
async function change(person: Person, seed: number): Promise<void> {
  const random = seeded(seed)
  const steps = Array.from({ length: CHANGES }, () => ({
    kind: random.chance(0.5) ? ('audio' as const) : ('video' as const),
    direction: random.pick(DIRECTIONS),
    which: random.below(MOST),
    adds: random.chance(0.3),
    pause: random.chance(0.3) ? 0 : random.below(30),
  }))
  await person.page.evaluate(
    async ([all, most, enough]) => {
      const page = window as unknown as { watched: RTCPeerConnection; negotiated: number }
      const pc = page.watched
      const own: RTCRtpTransceiver[] = []
      for (let i = 0; page.negotiated < enough; i++) {
        const step = all[i % all.length]
        if (step === undefined) throw new Error('No changes')
        const { kind, direction, which, adds, pause } = step
        const chosen = own[which % Math.max(1, own.length)]
        if (chosen === undefined || (adds && own.length < most)) own.push(pc.addTransceiver(kind, { direction }))
        else chosen.direction = chosen.direction === direction ? 'inactive' : direction
        if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
      }
    },
    [steps, MOST, NEGOTIATIONS] as const,
  )
}

/** Both write in a document in which nothing is yet. Afterwards both carry the same, over the connection that they had. */
export async function expectRenegotiation(ada: Person, ben: Person): Promise<void> {
  await Promise.all([watch(ada), watch(ben)])
  const before = await Promise.all([standingOf(ada), standingOf(ben)])
  const words = (name: string): string[] => Array.from({ length: 100 }, (_, n) => `${name}${n}.`)
  // Each in a line of their own: what two write at one place may be mixed.
  await ada.type('Ada: ')
  await ada.page.keyboard.press('Enter')
  await ada.type('Ben: ')
  await ben.sees('Ben:')
  await ada.placeCaret(0, 'Ada: '.length)
  await ben.caretToEnd()
  const write = async (person: Person, all: readonly string[]): Promise<void> => {
    for (const word of all) await person.type(word)
  }
  await Promise.all([change(ada, 1), change(ben, 2), write(ada, words('a')), write(ben, words('b'))])

  const settled = async (): Promise<boolean> => {
    const [a, b] = await Promise.all([standingOf(ada), standingOf(ben)])
    return a.isStable && b.isStable && a.mids.join() === b.mids.join()
  }
  await expect.poll(settled, { timeout: 20_000, intervals: [100] }).toBe(true)
  const [a, b] = await Promise.all([standingOf(ada), standingOf(ben)])
  console.log(`  ${a.negotiated} and ${b.negotiated} times negotiated; ${a.mids.length} transceivers in the end`)
  // A side that took an offer of its own back would count that as well.
  expect(a.negotiated).toBe(b.negotiated)
  expect(a.negotiated).toBeGreaterThanOrEqual(NEGOTIATIONS)
  expect([a.connections, b.connections]).toEqual(before.map(({ connections }) => connections))
  const lines = [`Ada: ${words('a').join('')}`, `Ben: ${words('b').join('')}`]
  expect(await expectEqual([ada, ben])).toBe(lines.join('\n'))
}
