/** Keeps on this device what one hears and sees of a call (W3C MediaStream Recording). Nothing of it goes anywhere. */

/** What is to be kept at a moment. */
export interface Scene {
  /** What sounds, and how loud it is played, 0 to 1. */
  sounds: readonly { track: MediaStreamTrack; volume: number }[]
  pictures: readonly { track: MediaStreamTrack; name: string }[]
}

/** Pixels, frames a second, and bits a second. */
const SIZE = { width: 1280, height: 720 }
const FRAMES = 12
const BITRATE = 1_500_000

/** What players read, the most common first. */
const TYPES = ['video/mp4;codecs=avc1.42E01E,mp4a.40.2', 'video/webm;codecs=vp8,opus', 'video/webm', 'video/mp4']

/** Whether this browser can. */
export const canRecord = (): boolean =>
  'MediaRecorder' in globalThis && 'captureStream' in HTMLCanvasElement.prototype && typeOf() !== null

const typeOf = (): string | null => TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? null

/** Where each of so many pictures stands, in a box of this size: as large as they can be side by side and one below the other. */
export function gridOf(count: number, width: number, height: number): { x: number; y: number; w: number; h: number }[] {
  const columns = Math.ceil(Math.sqrt(count))
  const rows = Math.ceil(count / Math.max(1, columns))
  const [w, h] = [width / columns, height / rows]
  return Array.from({ length: count }, (_, i) => ({ x: (i % columns) * w, y: Math.floor(i / columns) * h, w, h }))
}

export class Recorder {
  readonly #scene: () => Scene
  readonly #context = new AudioContext()
  readonly #mix = this.#context.createMediaStreamDestination()
  readonly #sources = new Map<MediaStreamTrack, { source: MediaStreamAudioSourceNode; gain: GainNode }>()
  readonly #videos = new Map<MediaStreamTrack, HTMLVideoElement>()
  readonly #canvas = document.createElement('canvas')
  readonly #pen: CanvasRenderingContext2D
  readonly #recorder: MediaRecorder
  readonly #parts: Blob[] = []
  readonly #painting: ReturnType<typeof setInterval>

  /** Begins. `scene` is asked all the time for what is to be kept. Throws where the browser cannot. */
  constructor(scene: () => Scene) {
    const mimeType = typeOf()
    const pen = this.#canvas.getContext('2d')
    if (mimeType === null || pen === null) throw new Error('This browser cannot record')
    this.#scene = scene
    this.#pen = pen
    Object.assign(this.#canvas, SIZE)
    const stream = this.#canvas.captureStream(FRAMES)
    for (const track of this.#mix.stream.getTracks()) stream.addTrack(track)
    this.#recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: BITRATE })
    this.#recorder.ondataavailable = ({ data }) => {
      if (data.size > 0) this.#parts.push(data)
    }
    this.#paint()
    this.#painting = setInterval(this.#paint, 1000 / FRAMES)
    this.#recorder.start(1000)
  }

  /** Ends, and gives what was kept. */
  async stop(): Promise<Blob> {
    clearInterval(this.#painting)
    await new Promise<void>((resolve) => {
      this.#recorder.onstop = () => resolve()
      if (this.#recorder.state === 'inactive') resolve()
      else this.#recorder.stop()
    })
    for (const video of this.#videos.values()) video.srcObject = null
    await this.#context.close()
    return new Blob(this.#parts, { type: this.#recorder.mimeType })
  }

  readonly #paint = (): void => {
    const { sounds, pictures } = this.#scene()
    this.#hear(sounds)
    this.#look(pictures)
    const pen = this.#pen
    const { width, height } = SIZE
    pen.fillStyle = '#1b1a18'
    pen.fillRect(0, 0, width, height)
    gridOf(pictures.length, width, height).forEach(({ x, y, w, h }, i) => {
      const picture = pictures[i]
      if (picture === undefined) return
      const video = this.#videos.get(picture.track)
      if (video !== undefined && video.videoWidth > 0) {
        const scale = Math.min(w / video.videoWidth, h / video.videoHeight)
        const [wide, tall] = [video.videoWidth * scale, video.videoHeight * scale]
        pen.drawImage(video, x + (w - wide) / 2, y + (h - tall) / 2, wide, tall)
      }
      pen.fillStyle = '#fff'
      pen.font = '20px sans-serif'
      pen.fillText(picture.name, x + 12, y + h - 14, w - 24)
    })
  }

  #hear(sounds: Scene['sounds']): void {
    for (const [track, { source, gain }] of this.#sources) {
      if (sounds.some((sound) => sound.track === track)) continue
      source.disconnect()
      gain.disconnect()
      this.#sources.delete(track)
    }
    for (const { track, volume } of sounds) {
      let known = this.#sources.get(track)
      if (known === undefined) {
        const source = this.#context.createMediaStreamSource(new MediaStream([track]))
        const gain = this.#context.createGain()
        source.connect(gain).connect(this.#mix)
        known = { source, gain }
        this.#sources.set(track, known)
      }
      known.gain.gain.value = volume
    }
  }

  #look(pictures: Scene['pictures']): void {
    for (const [track, video] of this.#videos) {
      if (pictures.some((picture) => picture.track === track)) continue
      video.srcObject = null
      this.#videos.delete(track)
    }
    for (const { track } of pictures) {
      if (this.#videos.has(track)) continue
      const video = document.createElement('video')
      video.muted = true
      video.playsInline = true
      video.srcObject = new MediaStream([track])
      video.play().catch((error: unknown) => console.info('Not played yet:', error))
      this.#videos.set(track, video)
    }
  }
}
