/** A person's own camera: on between `open` and `end`. */
import { openCamera } from '#net/call/devices'

export class Camera {
  track = $state.raw<MediaStreamTrack | null>(null)
  readonly #lost: () => void
  /** Each request counts only while it is the last. */
  #asked = 0

  /** `lost`: it was unplugged, or may not be used any more; it has ended. */
  constructor(lost: () => void) {
    this.#lost = lost
  }

  /** In the place of the one before. Null when it was ended, or asked for again, meanwhile. Throws `DeviceError`. */
  async open(id: string | null): Promise<MediaStreamTrack | null> {
    const asked = ++this.#asked
    const track = await openCamera(id)
    if (asked !== this.#asked) {
      track.stop()
      return null
    }
    this.track?.stop()
    this.track = track
    track.addEventListener('ended', () => {
      if (track !== this.track) return
      this.track = null
      this.#lost()
    })
    return track
  }

  end(): void {
    this.#asked++
    this.track?.stop()
    this.track = null
  }
}
