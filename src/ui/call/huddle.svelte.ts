/**
 * The call of an open document as a person has it: their devices, and what they chose. Devices are on only between their click
 * and the moment when they leave.
 */
import type { Call, CallState, Member } from '#net/call/call'
import { DeviceError, openCamera, openMicrophone, openScreen, type Obstacle } from '#net/call/devices'
import { Meter, SPEAKING } from '#net/call/levels'
import { changeCallChoices, readCallChoices, type CallChoices } from '#storage/call-choices'
import { toasts } from '../toasts.svelte.ts'
import { Playback } from './playback.ts'
import { takeTurn } from './turn.ts'
import { callWords } from './words.svelte.ts'

export type DeviceKind = 'microphone' | 'camera' | 'screen'

/** Most cameras and screens at one time. In a mesh everyone sends to everyone: public experience is that four or five go well. */
const MOST_CAMERAS = 5
const MOST_SCREENS = 2

/** How often one's own voice is measured, ms. */
const METERING = 100

/** Who is left alone leaves by themselves after this, ms; who never had company, later. */
const ALONE = { left: 60_000, early: 600_000 }

type Step = 'out' | 'preview' | 'joining' | 'in'

export class Huddle {
  step: Step = $state('out')
  call = $state.raw<CallState>({ isIn: false, maySpeak: false, members: [], presence: null })
  choices = $state.raw<CallChoices>(readCallChoices())
  microphone = $state.raw<MediaStreamTrack | null>(null)
  camera = $state.raw<MediaStreamTrack | null>(null)
  screen = $state.raw<MediaStreamTrack | null>(null)
  /** What did not work last. */
  obstacle = $state.raw<{ device: DeviceKind; obstacle: Obstacle } | null>(null)
  /** How loud one's own voice is, 0 to 1. */
  level = $state(0)
  /** One's own voice is heard by the microphone, be it sent or not. */
  isSpeaking = $state(false)
  /** Another app holds the microphone. */
  isHeld = $state(false)
  /** The browser plays nothing before a click. */
  isBlocked = $state(false)
  /** Another tab of this browser is in a call. */
  isElsewhere = $state(false)
  /** When this person joined, ms since the epoch. */
  since = 0

  readonly isMuted = $derived(this.call.presence?.isMuted ?? this.choices.joinsMuted)
  readonly screens = $derived(this.call.members.filter(({ tracks }) => tracks.has('screen')))

  readonly #call: Call
  readonly #playback: Playback
  readonly #stop: () => void
  #sound: MediaStreamTrack | null = null
  #meter: Meter | null = null
  #metering: ReturnType<typeof setInterval> | null = null
  #spokeAt = 0
  #turn: { end: () => void } | null = null
  #lock: WakeLockSentinel | null = null
  #alone: ReturnType<typeof setTimeout> | null = null
  #hadCompany = false
  /** Each request for a device counts only while it is the last. */
  #asked = { microphone: 0, camera: 0, screen: 0 }

  constructor(call: Call) {
    this.#call = call
    this.#playback = new Playback(this.choices.speaker, (isBlocked) => (this.isBlocked = isBlocked))
    this.call = call.state
    this.#stop = call.subscribe((state) => this.#follow(state))
  }

  get isIn(): boolean {
    return this.step === 'in'
  }

  /** The button was pressed: shows what one looks and sounds like, or joins at once, as the person did before. */
  async press(): Promise<void> {
    if (this.step === 'preview') this.cancel()
    else if (this.step !== 'out') return
    else if (this.choices.hasJoined) await this.join()
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

  /** Takes part, with what is on; takes the call of another tab over when it is to be `moved`. */
  async join(isMoved = false): Promise<void> {
    if (this.step === 'joining' || this.step === 'in') return
    this.step = 'joining'
    this.isElsewhere = false
    const turn = await takeTurn({ isMoved, lost: () => this.#move() })
    if (turn === null) {
      this.isElsewhere = true
      this.step = 'preview'
      return
    }
    this.#turn = turn
    const joinsMuted = this.choices.joinsMuted || !this.call.maySpeak
    if (!joinsMuted && this.microphone === null) await this.#openMicrophone()
    // The person may have gone meanwhile.
    if (this.#turn !== turn) return
    this.#choose({ hasJoined: true })
    this.since = Date.now()
    this.#hadCompany = false
    this.#call.join({ isMuted: joinsMuted || this.microphone === null })
    this.step = 'in'
    if (this.microphone !== null) this.#call.send('voice', this.microphone)
    if (this.camera !== null) this.#call.send('camera', this.camera)
    this.#watchAlone()
    void this.#keepAwake()
    document.addEventListener('visibilitychange', this.#onVisible)
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
    if (this.microphone === null) {
      const track = await this.#openMicrophone()
      if (track === null || !this.isIn) return
      this.#call.send('voice', track)
    }
    this.#call.mute(false)
  }

  async toggleCamera(): Promise<void> {
    if (this.camera !== null) {
      this.#asked.camera++
      this.camera.stop()
      this.camera = null
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
    if (this.screen !== null) {
      this.#endScreen()
      return
    }
    if (this.call.members.filter(({ presence }) => presence.hasScreen).length >= MOST_SCREENS) {
      toasts.show(callWords.now.screen.tooMany)
      return
    }
    const asked = ++this.#asked.screen
    try {
      const { screen, sound } = await openScreen()
      if (!this.isIn || asked !== this.#asked.screen) {
        for (const track of [screen, sound]) track?.stop()
        return
      }
      this.screen = screen
      this.#sound = sound
      screen.addEventListener('ended', () => screen === this.screen && this.#endScreen())
      this.#call.send('screen', screen)
      if (sound !== null) this.#call.send('sound', sound)
      this.obstacle = null
    } catch (error) {
      this.#fail('screen', error)
    }
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

  /** After a click, which is what browsers wait for before they play. */
  hear(): void {
    this.#playback.resume()
  }

  async chooseMicrophone(id: string | null): Promise<void> {
    this.#choose({ microphone: id })
    if (this.microphone === null) return
    const track = await this.#openMicrophone()
    if (this.isIn && track !== null) this.#call.send('voice', track)
  }

  async chooseCamera(id: string | null): Promise<void> {
    this.#choose({ camera: id })
    if (this.camera !== null) await this.#openCamera()
  }

  chooseSpeaker(id: string | null): void {
    this.#choose({ speaker: id })
    this.#playback.setSpeaker(id)
  }

  async chooseMuted(joinsMuted: boolean): Promise<void> {
    this.#choose({ joinsMuted })
    if (this.step !== 'preview') return
    if (joinsMuted) this.#endMicrophone()
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
      this.#watchAlone()
    }
  }

  /** Null when there is none, or the person has gone meanwhile. */
  async #openMicrophone(): Promise<MediaStreamTrack | null> {
    const asked = ++this.#asked.microphone
    try {
      const track = await openMicrophone(this.choices.microphone)
      if (asked !== this.#asked.microphone || this.step === 'out') {
        track.stop()
        return null
      }
      this.#endMicrophone()
      this.microphone = track
      track.addEventListener('ended', () => void this.#loseMicrophone(track))
      track.addEventListener('mute', () => (this.isHeld = track === this.microphone))
      track.addEventListener('unmute', () => (this.isHeld = false))
      if (this.obstacle?.device === 'microphone') this.obstacle = null
      this.#measure(track)
      return track
    } catch (error) {
      this.#fail('microphone', error)
      return null
    }
  }

  async #openCamera(): Promise<void> {
    const asked = ++this.#asked.camera
    try {
      const track = await openCamera(this.choices.camera)
      if (asked !== this.#asked.camera || this.step === 'out') {
        track.stop()
        return
      }
      this.camera?.stop()
      this.camera = track
      track.addEventListener('ended', () => this.#loseCamera(track))
      if (this.obstacle?.device === 'camera') this.obstacle = null
      this.#call.send('camera', track)
    } catch (error) {
      this.#fail('camera', error)
    }
  }

  /** It was unplugged, or may not be used any more. */
  async #loseMicrophone(track: MediaStreamTrack): Promise<void> {
    if (track !== this.microphone) return
    const { isMuted } = this
    this.#endMicrophone()
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

  #loseCamera(track: MediaStreamTrack): void {
    if (track !== this.camera) return
    this.camera = null
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

  #measure(track: MediaStreamTrack): void {
    this.#meter = new Meter(track)
    this.#metering = setInterval(() => {
      const now = Date.now()
      this.level = this.#meter?.level ?? 0
      if (this.#meter?.isAudible === true) this.#spokeAt = now
      this.isSpeaking = now - this.#spokeAt < SPEAKING
    }, METERING)
  }

  #endMicrophone(): void {
    if (this.#metering !== null) clearInterval(this.#metering)
    this.#meter?.close()
    this.#meter = this.#metering = null
    this.level = 0
    this.isSpeaking = this.isHeld = false
    this.microphone?.stop()
    this.microphone = null
  }

  #endScreen(): void {
    this.#asked.screen++
    for (const track of [this.screen, this.#sound]) track?.stop()
    this.screen = this.#sound = null
    this.#call.send('screen', null)
    this.#call.send('sound', null)
  }

  #watchAlone(): void {
    const isAlone = this.call.members.length === 0
    if (!isAlone) this.#hadCompany = true
    if (!isAlone && this.#alone !== null) {
      clearTimeout(this.#alone)
      this.#alone = null
    } else if (isAlone) {
      this.#alone ??= setTimeout(
        () => {
          this.leave()
          toasts.show(callWords.now.huddle.ended)
        },
        this.#hadCompany ? ALONE.left : ALONE.early,
      )
    }
  }

  readonly #onVisible = (): void => {
    if (document.visibilityState === 'visible') void this.#keepAwake()
  }

  /** A screen that goes dark takes the call with it, on a phone. */
  async #keepAwake(): Promise<void> {
    if (!('wakeLock' in navigator) || (this.#lock !== null && !this.#lock.released)) return
    try {
      const lock = await navigator.wakeLock.request('screen')
      if (this.step === 'in') this.#lock = lock
      else await lock.release()
    } catch (error) {
      // A hidden page, or a battery that is nearly empty.
      console.info('The screen may go dark:', error)
    }
  }

  #release(): void {
    this.step = 'out'
    for (const device of ['microphone', 'camera', 'screen'] as const) this.#asked[device]++
    this.#endMicrophone()
    for (const track of [this.camera, this.screen, this.#sound]) track?.stop()
    this.camera = this.screen = this.#sound = null
    this.obstacle = null
    this.#playback.close()
    if (this.#alone !== null) clearTimeout(this.#alone)
    this.#alone = null
    document.removeEventListener('visibilitychange', this.#onVisible)
    this.#lock?.release().catch((error: unknown) => console.info('The screen may stay awake:', error))
    this.#lock = null
    this.#turn?.end()
    this.#turn = null
  }
}
