/** A person's own microphone: on between `open` and `end`, and how loud it is. */
import { openMicrophone } from '#net/call/devices'
import { Meter, SPEAKING } from '#net/call/levels'

/** How often one's own voice is measured, ms. */
const METERING = 100

export class Microphone {
  track = $state.raw<MediaStreamTrack | null>(null)
  /** How loud one's own voice is, 0 to 1. */
  level = $state(0)
  /** One's own voice is heard by the microphone, be it sent or not. */
  isSpeaking = $state(false)
  /** Another app holds it. */
  isHeld = $state(false)
  readonly #lost: () => void
  #meter: Meter | null = null
  #metering: ReturnType<typeof setInterval> | null = null
  #spokeAt = 0
  /** Each request counts only while it is the last. */
  #asked = 0

  /** `lost`: it was unplugged, or may not be used any more; it has ended. */
  constructor(lost: () => void) {
    this.#lost = lost
  }

  /** In the place of the one before. Null when it was ended, or asked for again, meanwhile. Throws `DeviceError`. */
  async open(id: string | null): Promise<MediaStreamTrack | null> {
    const asked = ++this.#asked
    const track = await openMicrophone(id)
    if (asked !== this.#asked) {
      track.stop()
      return null
    }
    this.#drop()
    this.track = track
    track.addEventListener('ended', () => {
      if (track !== this.track) return
      this.#drop()
      this.#lost()
    })
    track.addEventListener('mute', () => (this.isHeld = track === this.track))
    track.addEventListener('unmute', () => (this.isHeld = false))
    this.#measure(track)
    return track
  }

  end(): void {
    this.#asked++
    this.#drop()
  }

  #measure(track: MediaStreamTrack): void {
    const meter = new Meter(track)
    this.#meter = meter
    this.#metering = setInterval(() => {
      const now = Date.now()
      this.level = meter.level
      if (meter.isAudible) this.#spokeAt = now
      this.isSpeaking = now - this.#spokeAt < SPEAKING
    }, METERING)
  }

  #drop(): void {
    if (this.#metering !== null) clearInterval(this.#metering)
    this.#meter?.close()
    this.#meter = this.#metering = null
    this.level = 0
    this.isSpeaking = this.isHeld = false
    this.track?.stop()
    this.track = null
  }
}
