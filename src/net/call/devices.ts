/** Microphones, cameras, speakers and screens (W3C Media Capture and Streams, Screen Capture), and what keeps one from them. */

/**
 * Why nothing comes of a device. 'dismissed': the person was asked and chose nothing; 'denied': they, or the system, said no for
 * good; 'busy': another program has it; 'unsupported': this browser cannot do it.
 */
export type Obstacle = 'dismissed' | 'denied' | 'missing' | 'busy' | 'unsupported' | 'unknown'

/** A device could not be had. */
export class DeviceError extends Error {
  readonly obstacle: Obstacle

  constructor(obstacle: Obstacle, cause?: unknown) {
    super(`No device: ${obstacle}`, { cause })
    this.name = 'DeviceError'
    this.obstacle = obstacle
  }
}

/** A device that one may choose. */
export interface Device {
  id: string
  /** What the browser calls it; '' before one has allowed to use any. */
  label: string
}

export interface Devices {
  microphones: readonly Device[]
  cameras: readonly Device[]
  /** Empty where a browser lets one choose none. */
  speakers: readonly Device[]
}

/** What this browser has. */
export const can = {
  capture: (): boolean => 'mediaDevices' in navigator && 'getUserMedia' in navigator.mediaDevices,
  share: (): boolean => 'mediaDevices' in navigator && 'getDisplayMedia' in navigator.mediaDevices,
  chooseSpeaker: (): boolean => 'setSinkId' in HTMLMediaElement.prototype,
}

/** A picture of a face: what a call of two may show, a call of more is sent smaller. */
const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } as const

const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true } as const

/** A screen moves little, and is read. */
const SCREEN_FRAMES = 15

/** Asks for a microphone, the one of this id if it is there. Rejects with a DeviceError. */
export async function openMicrophone(id: string | null): Promise<MediaStreamTrack> {
  const track = await open('microphone', { audio: { ...VOICE, ...(id !== null && { deviceId: { ideal: id } }) } })
  track.contentHint = 'speech'
  return track
}

/** Asks for a camera, the one of this id if it is there. Rejects with a DeviceError. */
export async function openCamera(id: string | null): Promise<MediaStreamTrack> {
  const track = await open('camera', { video: { ...CAMERA, ...(id !== null && { deviceId: { ideal: id } }) } })
  track.contentHint = 'motion'
  return track
}

/** Asks which screen, window or tab to show, with its sound where the browser gives it. Rejects with a DeviceError. */
export async function openScreen(): Promise<{ screen: MediaStreamTrack; sound: MediaStreamTrack | null }> {
  if (!can.share()) throw new DeviceError('unsupported')
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { max: SCREEN_FRAMES } },
      audio: true,
    })
    const [screen] = stream.getVideoTracks()
    if (screen === undefined) throw new DeviceError('missing')
    screen.contentHint = 'detail'
    return { screen, sound: stream.getAudioTracks()[0] ?? null }
  } catch (error) {
    // Who closes the picker has chosen nothing; a system that forbids it says the same.
    const obstacle = obstacleOf(error)
    throw new DeviceError(obstacle === 'denied' ? 'dismissed' : obstacle, error)
  }
}

/** What there is. Nobody is asked for anything. */
export async function listDevices(): Promise<Devices> {
  const all = can.capture() ? await navigator.mediaDevices.enumerateDevices() : []
  const of = (kind: MediaDeviceKind): Device[] =>
    all
      .filter((device) => device.kind === kind && device.deviceId !== '')
      .map(({ deviceId, label }) => ({ id: deviceId, label }))
  return {
    microphones: of('audioinput'),
    cameras: of('videoinput'),
    speakers: can.chooseSpeaker() ? of('audiooutput') : [],
  }
}

/** Calls back when a device was plugged in or out; returns how to stop. */
export function watchDevices(listener: () => void): () => void {
  if (!can.capture()) return () => undefined
  navigator.mediaDevices.addEventListener('devicechange', listener)
  return () => navigator.mediaDevices.removeEventListener('devicechange', listener)
}

async function open(kind: 'microphone' | 'camera', constraints: MediaStreamConstraints): Promise<MediaStreamTrack> {
  if (!can.capture()) throw new DeviceError('unsupported')
  try {
    const stream = await navigator.mediaDevices.getUserMedia(constraints)
    const [track] = stream.getTracks()
    if (track === undefined) throw new DeviceError('missing')
    return track
  } catch (error) {
    const obstacle = obstacleOf(error)
    throw new DeviceError(obstacle === 'denied' && !(await isDeniedForGood(kind)) ? 'dismissed' : obstacle, error)
  }
}

/** What the browser means by an error (Media Capture and Streams, section 10.3.5). */
export function obstacleOf(error: unknown): Obstacle {
  if (error instanceof DeviceError) return error.obstacle
  if (!(error instanceof Error)) return 'unknown'
  switch (error.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing'
    case 'NotReadableError':
    case 'AbortError':
      return 'busy'
    case 'NotSupportedError':
    case 'TypeError':
      return 'unsupported'
    default:
      return 'unknown'
  }
}

/** Whether asking again would bring no question. A browser that does not say so is taken at its word. */
async function isDeniedForGood(name: 'microphone' | 'camera'): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name })
    return state === 'denied'
  } catch (error) {
    console.info('This browser does not say what is permitted:', error)
    return true
  }
}
