/** A screen, a window or a tab that a person shares, with its sound where the browser gives it. */
import { openScreen } from '#net/call/devices'

export class SharedScreen {
  track = $state.raw<MediaStreamTrack | null>(null)
  sound: MediaStreamTrack | null = null
  readonly #ended: () => void
  /** Each request counts only while it is the last. */
  #asked = 0

  /** `ended`: by the browser's own bar, or since what was shared is gone. */
  constructor(ended: () => void) {
    this.#ended = ended
  }

  /** Lets the person choose one. False when it was ended meanwhile. Throws `DeviceError`. */
  async open(): Promise<boolean> {
    const asked = ++this.#asked
    const { screen, sound } = await openScreen()
    if (asked !== this.#asked) {
      for (const track of [screen, sound]) track?.stop()
      return false
    }
    this.track = screen
    this.sound = sound
    screen.addEventListener('ended', () => {
      if (screen !== this.track) return
      this.end()
      this.#ended()
    })
    return true
  }

  end(): void {
    this.#asked++
    for (const track of [this.track, this.sound]) track?.stop()
    this.track = this.sound = null
  }
}
