/** How loud somebody is. */

/** Louder than this is speech, of 1 for full scale: a quiet room is below it (RFC 6464 speaks of −127 to 0 dB; this is about −37). */
const AUDIBLE = 0.014

/** Who was heard within this time speaks, ms: words have gaps. */
export const SPEAKING = 600

/** Whether what a receiver plays now can be heard. */
export function isAudible(receiver: RTCRtpReceiver): boolean {
  return receiver.getSynchronizationSources().some(({ audioLevel = 0 }) => audioLevel > AUDIBLE)
}

/** Nothing of it is played: then no device need be kept busy for it (Web Audio API 1.1, sections 1.2.4 and 1.2.10). */
const UNHEARD: AudioContextOptions & { sinkId: { type: 'none' } } = {
  latencyHint: 'playback',
  sinkId: { type: 'none' },
}

/** Measures a microphone's own track. */
export class Meter {
  readonly #context = new AudioContext(UNHEARD)
  readonly #analyser: AnalyserNode
  readonly #samples: Float32Array<ArrayBuffer>

  constructor(track: MediaStreamTrack) {
    this.#analyser = this.#context.createAnalyser()
    this.#analyser.fftSize = 1024
    this.#samples = new Float32Array(this.#analyser.fftSize)
    this.#context.createMediaStreamSource(new MediaStream([track])).connect(this.#analyser)
  }

  /** The loudest of the last 20 ms or so, 0 to 1. */
  get level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples)
    return this.#samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
  }

  get isAudible(): boolean {
    return this.level > AUDIBLE
  }

  close(): void {
    this.#context.close().catch((error: unknown) => console.info('No meter to close:', error))
  }
}
