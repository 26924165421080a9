/** Plays what the members of a call say, whatever is on the screen. */
import type { Member } from '#net/call/members'

/** Whose sound it is; a person has two, with a screen of theirs. */
type Name = `${number} ${'voice' | 'sound'}`

export class Playback {
  readonly #elements = new Map<Name, HTMLAudioElement>()
  readonly #volumes = new Map<number, number>()
  readonly #blocked: (isBlocked: boolean) => void
  #speaker: string | null
  #isSilent = false

  /** `blocked`: told whether the browser wants a click before it plays anything. */
  constructor(speaker: string | null, blocked: (isBlocked: boolean) => void) {
    this.#speaker = speaker
    this.#blocked = blocked
  }

  /** Plays what comes from these, and nothing else. */
  play(members: readonly Member[]): void {
    const tracks = new Map<Name, MediaStreamTrack>()
    for (const member of members) {
      for (const source of ['voice', 'sound'] as const) {
        const track = member.tracks.get(source)
        if (track !== undefined) tracks.set(`${member.client} ${source}`, track)
      }
    }
    for (const [name, element] of this.#elements) {
      if (tracks.has(name)) continue
      element.srcObject = null
      this.#elements.delete(name)
    }
    for (const [name, track] of tracks) {
      const element = this.#elements.get(name) ?? new Audio()
      const { srcObject } = element
      if (srcObject instanceof MediaStream && srcObject.getTracks()[0] === track) continue
      this.#elements.set(name, element)
      element.srcObject = new MediaStream([track])
      element.volume = this.#volumes.get(Number.parseInt(name, 10)) ?? 1
      element.muted = this.#isSilent
      this.#aim(element)
      this.#begin(element)
    }
    if (this.#elements.size === 0) this.#blocked(false)
  }

  /** After a click, which is what browsers wait for. */
  resume(): void {
    for (const element of this.#elements.values()) if (element.paused) this.#begin(element)
  }

  /** 0 to 1. */
  volumeOf(client: number): number {
    return this.#volumes.get(client) ?? 1
  }

  setVolume(client: number, volume: number): void {
    this.#volumes.set(client, volume)
    for (const [name, element] of this.#elements) if (Number.parseInt(name, 10) === client) element.volume = volume
  }

  /** Plays without a sound, or with it again: another device of this person beside this one may play the same. */
  setSilent(isSilent: boolean): void {
    this.#isSilent = isSilent
    for (const element of this.#elements.values()) element.muted = isSilent
  }

  /** Plays over this device from now on; null: the browser's choice. */
  setSpeaker(id: string | null): void {
    this.#speaker = id
    for (const element of this.#elements.values()) this.#aim(element)
  }

  /** Plays nothing more. */
  close(): void {
    this.play([])
  }

  #begin(element: HTMLAudioElement): void {
    element.play().then(
      () => this.#blocked([...this.#elements.values()].some(({ paused }) => paused)),
      (error: unknown) => {
        // Interrupted by what is played in its place; else the browser waits for a click.
        if (error instanceof DOMException && error.name === 'AbortError') return
        this.#blocked(true)
      },
    )
  }

  #aim(element: HTMLAudioElement): void {
    if (!('setSinkId' in element) || (this.#speaker === null && element.sinkId === '')) return
    element.setSinkId(this.#speaker ?? '').catch((error: unknown) => {
      // Unplugged: the browser goes on over its own choice.
      console.info('Not played over the chosen speaker:', error)
    })
  }
}
