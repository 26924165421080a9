/** People who talk: what they do, and what really flows between them. */
import { expect, type Locator } from '@playwright/test'
import type { Person } from './person.ts'

declare global {
  interface Window {
    /** How often each device was asked for, and what came of it. */
    asked: { microphone: number; camera: number; screen: number }
    captured: MediaStreamTrack[]
  }
}

/** Counts what the page asks for, and remembers what it was given. Cameras give little, so that two cores can. Runs inside the page, before the app. */
export function watchDevices(): void {
  window.asked = { microphone: 0, camera: 0, screen: 0 }
  window.captured = []
  if (!('mediaDevices' in navigator)) return
  const { mediaDevices } = navigator
  const open = mediaDevices.getUserMedia.bind(mediaDevices)
  const openScreen = mediaDevices.getDisplayMedia.bind(mediaDevices)
  mediaDevices.getUserMedia = async (constraints) => {
    const { audio, video } = constraints ?? {}
    if (audio !== undefined) window.asked.microphone++
    if (video !== undefined) window.asked.camera++
    const stream = await open(
      video === undefined ? constraints : { ...constraints, video: { width: 320, height: 180, frameRate: 10 } },
    )
    window.captured.push(...stream.getTracks())
    return stream
  }
  mediaDevices.getDisplayMedia = async (options) => {
    window.asked.screen++
    const stream = await openScreen(options)
    window.captured.push(...stream.getTracks())
    return stream
  }
}

/** What a page has on of what it was given. */
export const devicesOn = ({ page }: Person): Promise<string[]> =>
  page.evaluate(() => window.captured.filter(({ readyState }) => readyState === 'live').map(({ kind }) => kind))

/** How often a page has asked for each device. */
export const devicesAsked = ({ page }: Person): Promise<Window['asked']> => page.evaluate(() => window.asked)

const strip = ({ page }: Person): Locator => page.getByRole('region', { name: 'Huddle', exact: true })

/** A button of the call. */
export const control = (person: Person, name: string): Locator =>
  strip(person).getByRole('button', { name, exact: true })

/** Joins: over the preview the first time on a device, then at once. */
export async function joinHuddle(person: Person): Promise<void> {
  const { page } = person
  await page.getByRole('button', { name: /^(?:Start a huddle|Join the huddle)/u }).click()
  const join = page.getByRole('dialog').getByRole('button', { name: /^(?:Start|Join|Join and listen)$/u })
  await join.or(strip(person)).waitFor()
  if (await join.isVisible()) await join.click()
  await strip(person).waitFor()
}

export const leaveHuddle = (person: Person): Promise<void> => control(person, 'Leave').click()

/** What a page receives and sends, over all of its connections, by what the browser counts. */
export interface Flow {
  /** Energy of all sound so far (W3C webrtc-stats, section 8.4.1), and packets of it. */
  energy: number
  voicePackets: number
  voiceSent: number
  frames: number
  pictureBytes: number
  /** Of the largest picture. */
  height: number
}

export const flowOf = ({ page }: Person): Promise<Flow> =>
  page.evaluate(async () => {
    const flow = { energy: 0, voicePackets: 0, voiceSent: 0, frames: 0, pictureBytes: 0, height: 0 }
    for (const pc of window.inkmesh?.room?.connections ?? []) {
      const report = await pc.getStats()
      report.forEach((entry: Record<string, unknown>) => {
        const number = (name: string): number => Number(entry[name] ?? 0)
        if (entry.type === 'inbound-rtp' && entry.kind === 'audio') {
          flow.energy += number('totalAudioEnergy')
          flow.voicePackets += number('packetsReceived')
        } else if (entry.type === 'inbound-rtp') {
          flow.frames += number('framesDecoded')
          flow.pictureBytes += number('bytesReceived')
          flow.height = Math.max(flow.height, number('frameHeight'))
        } else if (entry.type === 'outbound-rtp' && entry.kind === 'audio') flow.voiceSent += number('packetsSent')
      })
    }
    return flow
  })

/** Waits until one hears: sound that is more than silence goes on coming. */
export async function expectToHear(person: Person, timeout = 10_000): Promise<void> {
  const { energy, voicePackets } = await flowOf(person)
  await expect
    .poll(
      async () => {
        const now = await flowOf(person)
        return now.energy > energy + 0.001 && now.voicePackets > voicePackets
      },
      { timeout, intervals: [100], message: 'no voice is heard' },
    )
    .toBe(true)
}

/** Waits until nothing more is heard, nor sent by `speaker`: counts that stand still for a second. */
export async function expectSilence(listener: Person, speaker: Person): Promise<void> {
  const look = async (): Promise<string> => {
    const [{ energy, voicePackets }, { voiceSent }] = await Promise.all([flowOf(listener), flowOf(speaker)])
    return [energy, voicePackets, voiceSent].join()
  }
  let before = await look()
  await expect
    .poll(
      async () => {
        const now = await look()
        const isSame = now === before
        before = now
        return isSame
      },
      { intervals: [1000], message: 'still sent and heard' },
    )
    .toBe(true)
}

/** The picture of somebody's camera, as one sees it. */
const face = (person: Person, name: string): Locator =>
  strip(person).getByLabel(name, { exact: true }).and(person.page.locator('video'))

/** Waits until one sees somebody: frames go on coming, and they are not black. */
export async function expectToSee(person: Person, name: string, timeout = 10_000): Promise<void> {
  await expect
    .poll(() => brightness(face(person, name)), { timeout, intervals: [50], message: `${name} is not seen` })
    .toBeGreaterThan(20)
  // Another connection may bring another element meanwhile.
  const look = { timeout, intervals: [0], message: `${name} does not move` }
  await expect.poll(() => moves(face(person, name)), look).toBe(true)
}

/** Whether a video shows another frame within half a second. */
export const moves = (video: Locator): Promise<boolean> =>
  video.evaluate((element: HTMLVideoElement) =>
    Promise.race([
      new Promise<boolean>((resolve) => element.requestVideoFrameCallback(() => resolve(true))),
      new Promise<boolean>((resolve) => setTimeout(resolve, 500, false)),
    ]),
  )

/** Waits until there is a picture of somebody, be it of one frame. */
export const expectShown = (person: Person, name: string): Promise<void> => expect(face(person, name)).toHaveCount(1)

export const expectNotToSee = (person: Person, name: string): Promise<void> => expect(face(person, name)).toHaveCount(0)

/** Of what a video element shows: 0 for black, 255 for white; −1 when there is none. */
async function brightness(video: Locator): Promise<number> {
  if ((await video.count()) === 0) return -1
  return video.evaluate((element: HTMLVideoElement) => {
    if (element.videoWidth === 0) return -1
    const canvas = document.createElement('canvas')
    canvas.width = 32
    canvas.height = 18
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('No canvas')
    context.drawImage(element, 0, 0, canvas.width, canvas.height)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    let sum = 0
    for (let i = 0; i < data.length; i += 4) sum += Math.max(data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0)
    return sum / (data.length / 4)
  })
}

/** How a page's connections stand: what each sends and takes, in the browser's own words. */
export const transceiversOf = ({ page }: Person): Promise<{ all: number; active: number; sent: number }> =>
  page.evaluate(() => {
    const all = (window.inkmesh?.room?.connections ?? []).flatMap((pc) => pc.getTransceivers())
    const active = all.filter(({ currentDirection }) => currentDirection !== null && currentDirection !== 'inactive')
    return {
      all: all.length,
      active: active.length,
      sent: all.filter(({ sender }) => sender.track !== null).length,
    }
  })

/** Two who have met hear and see each other. Their devices are watched. */
export async function expectTalking(one: Person, other: Person): Promise<void> {
  const [first, second] = await Promise.all([one, other].map(nameOf))
  if (first === undefined || second === undefined) throw new Error('Nobody')
  await Promise.all([joinHuddle(one), joinHuddle(other)])
  await Promise.all([control(one, 'Camera on').click(), control(other, 'Camera on').click()])
  await Promise.all([expectToHear(one), expectToHear(other), expectToSee(one, second), expectToSee(other, first)])
}

const nameOf = ({ page }: Person): Promise<string> =>
  page.evaluate(() => {
    const { awareness, doc } = window.inkmesh?.session ?? {}
    const state = awareness?.getStates().get(doc?.clientID ?? 0)
    return (state?.user as { name: string } | undefined)?.name ?? ''
  })

/** How long a picture stood still and a voice was silent at most since `watchGaps`, in milliseconds. */
export interface Gaps {
  picture: number
  voice: number
}

/** Notes from now on how long nothing comes. */
export const watchGaps = ({ page }: Person): Promise<void> =>
  page.evaluate(() => {
    const gaps = { picture: 0, voice: 0 }
    const last = { picture: performance.now(), voice: performance.now() }
    const note = (kind: 'picture' | 'voice', hasCome: boolean): void => {
      const now = performance.now()
      gaps[kind] = Math.max(gaps[kind], now - last[kind])
      if (hasCome) last[kind] = now
    }
    const seen = { frames: 0, packets: 0 }
    const look = async (): Promise<void> => {
      let [frames, packets] = [0, 0]
      for (const pc of window.inkmesh?.room?.connections ?? []) {
        const report = await pc.getStats()
        report.forEach((entry: Record<string, unknown>) => {
          if (entry.type !== 'inbound-rtp') return
          if (entry.kind === 'video') frames += Number(entry.framesDecoded ?? 0)
          else packets += Number(entry.packetsReceived ?? 0)
        })
      }
      note('picture', frames !== seen.frames && frames > 0)
      note('voice', packets !== seen.packets && packets > 0)
      Object.assign(seen, { frames, packets })
    }
    Object.assign(window, { gaps })
    setInterval(() => void look(), 50)
  })

export const gapsOf = ({ page }: Person): Promise<Gaps> =>
  page.evaluate(() => (window as unknown as { gaps: Gaps }).gaps)

/** What the browser had to make up of a voice that did not come, in samples (W3C webrtc-stats, section 8.4.1). */
export const concealed = ({ page }: Person): Promise<number> =>
  page.evaluate(async () => {
    let samples = 0
    for (const pc of window.inkmesh?.room?.connections ?? []) {
      const report = await pc.getStats()
      report.forEach((entry: Record<string, unknown>) => {
        if (entry.type === 'inbound-rtp' && entry.kind === 'audio') samples += Number(entry.concealedSamples ?? 0)
      })
    }
    return samples
  })
