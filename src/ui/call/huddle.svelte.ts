/**
 * The call of an open document as a person has it: their devices, and what they chose. Devices are on only between their click
 * and the moment when they leave.
 */
import type { Call, CallState } from '#net/call/call'
import { mayBeHeard } from '#net/call/floor'
import type { Member } from '#net/call/members'
import { DeviceError, type Obstacle } from '#net/call/devices'
import { changeCallChoices, readCallChoices, type CallChoices } from '#storage/call-choices'
import { toasts } from '../toasts.svelte.ts'
import { Camera } from './camera.svelte.ts'
import { Company } from './company.ts'
import { Microphone } from './microphone.svelte.ts'
import { Playback } from './playback.ts'
import type { Scene } from './recorder.ts'
import { Recording } from './recording.svelte.ts'
import { SharedScreen } from './shared-screen.svelte.ts'
import { takeTurn } from './turn.ts'
import { keepAwake } from './wakefulness.ts'
import { callWords } from './words.svelte.ts'

export type DeviceKind = 'microphone' | 'camera' | 'screen'

/** Most cameras and screens at one time. In a mesh everyone sends to everyone: public experience is that four or five go well. */
const MOST_CAMERAS = 5
const MOST_SCREENS = 2

export interface HuddleOptions {
  call: Call
  /** What somebody in the document is called; this person, without a client. */
  nameOf: (client?: number) => string
  /** What a recording is called, without an ending. */
  fileName: () => string
}

type Step = 'out' | 'preview' | 'joining' | 'in'

export class Huddle {
  step: Step = $state('out')
  call = $state.raw<CallState>({ isIn: false, maySpeak: false, members: [], presence: null, presenter: null })
  choices = $state.raw<CallChoices>(readCallChoices())
  /** What did not work last. */
  obstacle = $state.raw<{ device: DeviceKind; obstacle: Obstacle } | null>(null)
  /** The pointer of this person is seen by the others. */
  isPointing = $state(false)
  /** The browser plays nothing before a click. */
  isBlocked = $state(false)
  /** Another tab of this browser is in a call. */
  isElsewhere = $state(false)
  /** Nothing of the call is to be heard on this device. */
  isSilent = $state(false)
  /** When this person joined, ms since the epoch. */
  since = 0

  readonly isMuted = $derived(this.call.presence?.isMuted ?? this.choices.joinsMuted)

  readonly microphone = new Microphone(() => void this.#loseMicrophone())
  readonly camera = new Camera(() => this.#loseCamera())
  readonly shared = new SharedScreen(() => this.#sendScreen())
  readonly recording: Recording

  readonly #call: Call
  readonly #nameOf: HuddleOptions['nameOf']
  readonly #playback: Playback
  readonly #company: Company
  readonly #stop: () => void
  #turn: { end: () => void } | null = null
  #sleep: (() => void) | null = null

  constructor({ call, nameOf, fileName }: HuddleOptions) {
    this.#call = call
    this.#nameOf = nameOf
    this.#playback = new Playback(this.choices.speaker, (isBlocked) => (this.isBlocked = isBlocked))
    this.#company = new Company(() => {
      this.leave()
      toasts.show(callWords.now.huddle.ended)
    })
    this.recording = new Recording({
      say: (records) => call.record(records),
      scene: () => this.#scene,
      name: fileName,
    })
    this.call = call.state
    this.#stop = call.subscribe((state) => this.#follow(state))
  }

  /** Somebody in the call has this person's name: they may be the same, on another device in the same room. */
  get hasNamesake(): boolean {
    return this.call.members.some(({ client }) => this.#nameOf(client) === this.#nameOf())
  }

  get isIn(): boolean {
    return this.step === 'in'
  }

  /**
   * The button was pressed: shows what one looks and sounds like, or joins at once, as the person did before; but not beside
   * what may be a device of theirs: one would play what the other takes up.
   */
  async press(): Promise<void> {
    if (this.step === 'preview') this.cancel()
    else if (this.step !== 'out') return
    else if (this.choices.hasJoined && !this.hasNamesake) await this.join()
    else await this.prepare()
  }

  /** Shows what one looks and sounds like. */
  async prepare(): Promise<void> {
    this.step = 'preview'
    this.obstacle = null
    if (!this.choices.joinsMuted && this.call.maySpeak) await this.#openMicrophone()
  }

  cancel(): void {
    if (this.step !== 'preview') return
    this.step = 'out'
    this.#release()
  }

  /** Takes part, with what is on, or without a sound; takes the call of another tab over when it is to be `isMoved`. */
  async join({ isMoved = false, isSilent = false } = {}): Promise<void> {
    if (this.step === 'joining' || this.step === 'in') return
    this.step = 'joining'
    this.isElsewhere = false
    this.silence(isSilent)
    if (isSilent) this.microphone.end()
    const turn = await takeTurn({ isMoved, lost: () => this.#move() })
    if (turn === null) {
      this.isElsewhere = true
      this.step = 'preview'
      return
    }
    this.#turn = turn
    const joinsMuted = isSilent || this.choices.joinsMuted || !this.call.maySpeak
    if (!joinsMuted && this.microphone.track === null) await this.#openMicrophone()
    // The person may have gone meanwhile.
    if (this.#turn !== turn) return
    this.#choose({ hasJoined: true })
    this.since = Date.now()
    const { track } = this.microphone
    const isFull = !mayBeHeard(this.call.members, null)
    this.#call.join({ isMuted: joinsMuted || track === null || isFull })
    this.step = 'in'
    if (track !== null) this.#call.send('voice', track)
    if (this.camera.track !== null) this.#call.send('camera', this.camera.track)
    if (!joinsMuted && isFull) toasts.show(callWords.now.fits.fullOfVoices)
    this.#seeCompany()
    this.#sleep = keepAwake()
  }

  leave(): void {
    this.#call.leave()
    this.#release()
  }

  async toggleMute(): Promise<void> {
    if (!this.isMuted) {
      this.#call.mute(true)
      return
    }
    if (!this.call.maySpeak) return
    if (!mayBeHeard(this.call.members, this.call.presence)) {
      toasts.show(callWords.now.fits.fullOfVoices)
      return
    }
    if (this.microphone.track === null) {
      const track = await this.#openMicrophone()
      if (track === null || !this.isIn) return
      this.#call.send('voice', track)
    }
    this.#call.mute(false)
  }

  async toggleCamera(): Promise<void> {
    if (this.camera.track !== null) {
      this.camera.end()
      this.#call.send('camera', null)
      return
    }
    if (this.isIn && this.call.members.filter(({ presence }) => presence.hasCamera).length >= MOST_CAMERAS) {
      toasts.show(callWords.now.fits.fullOfCameras)
      return
    }
    await this.#openCamera()
  }

  async toggleScreen(): Promise<void> {
    if (this.shared.track !== null) {
      this.shared.end()
      this.#sendScreen()
      return
    }
    if (this.call.members.filter(({ presence }) => presence.hasScreen).length >= MOST_SCREENS) {
      toasts.show(callWords.now.screen.tooMany)
      return
    }
    try {
      if (!(await this.shared.open())) return
      this.#sendScreen()
      this.obstacle = null
    } catch (error) {
      this.#fail('screen', error)
    }
  }

  /** Presents to everyone, or no more. */
  togglePresenting(): void {
    this.#call.present(this.call.presence?.presents !== true)
  }

  /** Who was there, for how long so far: a line for the document. */
  get talk(): { since: number; now: number; names: readonly string[] } {
    return { since: this.since, now: Date.now(), names: [this.#nameOf(), ...this.#company.names] }
  }

  /** Shows the others what this person points at; null: nothing any more. */
  point(...[pointer]: Parameters<Call['point']>): void {
    this.#call.point(pointer)
  }

  /** Hears what others point at; returns how to stop. */
  onPointer(...[listener]: Parameters<Call['onPointer']>): () => void {
    return this.#call.onPointer(listener)
  }

  /** Asks everyone to look at a block; null: no more. */
  spotlight(...[place]: Parameters<Call['spotlight']>): void {
    this.#call.spotlight(place)
  }

  toggleHand(): void {
    this.#call.raiseHand(this.call.presence?.hasHand !== true)
  }

  react(...[face]: Parameters<Call['react']>): void {
    this.#call.react(face)
  }

  show(...[client, wants]: Parameters<Call['show']>): void {
    this.#call.show(client, wants)
  }

  letSpeak({ client, maySpeak }: Member): void {
    this.#call.letSpeak(client, !maySpeak)
  }

  volumeOf(client: number): number {
    return this.#playback.volumeOf(client)
  }

  setVolume(client: number, volume: number): void {
    this.#playback.setVolume(client, volume)
  }

  /** Plays nothing here, or all again. */
  silence(isSilent: boolean): void {
    this.isSilent = isSilent
    this.#playback.setSilent(isSilent)
  }

  /** After a click, which is what browsers wait for before they play. */
  hear(): void {
    this.#playback.resume()
  }

  async chooseMicrophone(id: string | null): Promise<void> {
    this.#choose({ microphone: id })
    if (this.microphone.track === null) return
    const track = await this.#openMicrophone()
    if (this.isIn && track !== null) this.#call.send('voice', track)
  }

  async chooseCamera(id: string | null): Promise<void> {
    this.#choose({ camera: id })
    if (this.camera.track !== null) await this.#openCamera()
  }

  chooseSpeaker(id: string | null): void {
    this.#choose({ speaker: id })
    this.#playback.setSpeaker(id)
  }

  async chooseMuted(joinsMuted: boolean): Promise<void> {
    this.#choose({ joinsMuted })
    if (this.step !== 'preview') return
    if (joinsMuted) this.microphone.end()
    else await this.#openMicrophone()
  }

  chooseCorner(corner: CallChoices['corner']): void {
    this.#choose({ corner })
  }

  /** Asks again for what did not work. */
  async retry(): Promise<void> {
    const { device } = this.obstacle ?? {}
    if (device === 'camera') await this.#openCamera()
    else if (device === 'screen') await this.toggleScreen()
    else if (this.isIn) await this.toggleMute()
    else await this.#openMicrophone()
  }

  /** Ends everything. */
  close(): void {
    this.leave()
    this.#stop()
  }

  #choose(patch: Partial<CallChoices>): void {
    this.choices = changeCallChoices(patch)
  }

  #follow(state: CallState): void {
    const mightSpeak = this.call.maySpeak
    this.call = state
    this.#playback.play(state.members)
    if (this.step !== 'in') return
    // The room was left.
    if (!state.isIn) this.#release()
    else {
      if (state.maySpeak && !mightSpeak) toasts.show(callWords.now.huddle.youMaySpeak)
      this.#seeCompany()
      this.#keepFloor(state)
    }
  }

  /** Gives way where too many have begun to speak at one moment. */
  #keepFloor({ members, presence }: CallState): void {
    if (presence === null || presence.isMuted || mayBeHeard(members, presence)) return
    this.#call.mute(true)
    toasts.show(callWords.now.fits.fullOfVoices)
  }

  #seeCompany(): void {
    this.#company.see(this.call.members.map(({ client }) => ({ client, name: this.#nameOf(client) })))
  }

  /** What one hears and sees now. */
  get #scene(): Scene {
    const own = [this.camera.track, this.shared.track].filter((track) => track !== null)
    const sounds = [this.isMuted ? null : this.microphone.track, this.shared.sound].filter((track) => track !== null)
    const scene = {
      sounds: sounds.map((track) => ({ track, volume: 1 })),
      pictures: own.map((track) => ({ track, name: this.#nameOf() })),
    }
    for (const { client, tracks } of this.call.members) {
      const name = this.#nameOf(client)
      const volume = this.volumeOf(client)
      for (const [source, track] of tracks) {
        if (source === 'voice' || source === 'sound') scene.sounds.push({ track, volume })
        else scene.pictures.push({ track, name })
      }
    }
    return scene
  }

  /** Null when there is none, or the person has gone meanwhile. */
  async #openMicrophone(): Promise<MediaStreamTrack | null> {
    try {
      const track = await this.microphone.open(this.choices.microphone)
      if (track !== null && this.obstacle?.device === 'microphone') this.obstacle = null
      return track
    } catch (error) {
      this.#fail('microphone', error)
      return null
    }
  }

  async #openCamera(): Promise<void> {
    try {
      const track = await this.camera.open(this.choices.camera)
      if (track === null) return
      if (this.obstacle?.device === 'camera') this.obstacle = null
      this.#call.send('camera', track)
    } catch (error) {
      this.#fail('camera', error)
    }
  }

  /** It was unplugged, or may not be used any more: another one takes its place. */
  async #loseMicrophone(): Promise<void> {
    const { isMuted } = this
    this.#choose({ microphone: null })
    const next = await this.#openMicrophone()
    const words = callWords.now.obstacles
    if (!this.isIn) return
    if (next === null) {
      this.#call.send('voice', null)
      this.#call.mute(true)
      toasts.show(words.noMicrophone)
    } else {
      this.#call.send('voice', next)
      if (!isMuted) toasts.show(words.nextMicrophone(next.label))
    }
  }

  #loseCamera(): void {
    this.#call.send('camera', null)
    toasts.show(callWords.now.obstacles.cameraGone)
  }

  #fail(device: DeviceKind, error: unknown): void {
    const obstacle = error instanceof DeviceError ? error.obstacle : 'unknown'
    if (!(error instanceof DeviceError)) console.error(error)
    // Who has closed the picker of screens knows it.
    if (device !== 'screen' || obstacle !== 'dismissed') this.obstacle = { device, obstacle }
  }

  /** The call goes on in another tab. */
  #move(): void {
    if (this.step !== 'in') return
    this.leave()
    toasts.show(callWords.now.huddle.movedAway)
  }

  #sendScreen(): void {
    this.#call.send('screen', this.shared.track)
    this.#call.send('sound', this.shared.sound)
  }

  #release(): void {
    this.step = 'out'
    this.isPointing = false
    void this.recording.stop()
    this.microphone.end()
    this.camera.end()
    this.shared.end()
    this.obstacle = null
    this.#playback.close()
    this.#company.forget()
    this.#sleep?.()
    this.#sleep = null
    this.#turn?.end()
    this.#turn = null
  }
}
