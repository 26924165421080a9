/**
 * The call of one document: who takes part, what this side sends, and what comes. Each member has a leg with each other
 * (`leg.ts`); who is in is told to the whole room by presence. Knows no devices: it is handed tracks, and ends none.
 */
import type { Awareness } from 'y-protocols/awareness'
import type { CallLink, CallListener } from '../link/call-link.ts'
import type { Room } from '../room.ts'
import { Leg } from './leg.ts'
import { isAudible, SPEAKING } from './levels.ts'
import { parsePresence, SILENT, type CallPresence, type Face, type Source, type Wants } from './statement.ts'

/** Somebody else in the call. */
export interface Member {
  client: number
  presence: CallPresence
  /** They may speak here: they write, or were let in. */
  maySpeak: boolean
  /** They have shown that they write. */
  writes: boolean
  isSpeaking: boolean
  /** Both sides have heard of each other over their link. */
  isConnected: boolean
  /** What comes from them. */
  tracks: ReadonlyMap<Source, MediaStreamTrack>
}

export interface CallState {
  /** This side takes part. */
  isIn: boolean
  /** This side may speak. */
  maySpeak: boolean
  /** By when they came. */
  members: readonly Member[]
  presence: CallPresence | null
}

export interface CallOptions {
  room: Pick<Room, 'attend' | 'hold'>
  awareness: Awareness
  /** This side may write, so it may speak, and let others speak. */
  writes: boolean
}

/** How often it is looked who speaks, ms. */
const LISTENING = 150

type Listener = (state: CallState) => void

export class Call implements CallListener {
  readonly #room: CallOptions['room']
  readonly #awareness: Awareness
  readonly #writes: boolean
  readonly #legs = new Map<CallLink, Leg>()
  readonly #listeners = new Set<Listener>()
  readonly #outgoing = new Map<Source, { track: MediaStreamTrack; isMuted: boolean }>()
  readonly #wants = new Map<number, Wants>()
  /** When each was last heard to speak, ms since the epoch. */
  readonly #spokeAt = new Map<number, number>()
  readonly #lets = new Set<number>()
  #attendance: ReturnType<Room['attend']> | null = null
  /** With whom a link is kept. */
  #held = ''
  /** What everyone said last of the call. */
  #said = ''
  #listening: ReturnType<typeof setInterval> | null = null
  #state: CallState

  constructor({ room, awareness, writes }: CallOptions) {
    this.#room = room
    this.#awareness = awareness
    this.#writes = writes
    this.#state = this.#read()
    awareness.on('change', this.#lookAround)
  }

  /** A new object on every change. */
  get state(): CallState {
    return this.#state
  }

  /** Calls back on every change; returns how to stop. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes part from now on. Throws when another call is held over these links. */
  join({ isMuted }: { isMuted: boolean }): void {
    if (this.#attendance !== null) return
    this.#attendance = this.#room.attend(this)
    this.#say({ since: Date.now(), isMuted, hasCamera: false, hasScreen: false, hasHand: false, reaction: null })
    for (const link of this.#attendance.links) this.ready(link)
    this.#listening = setInterval(this.#listen, LISTENING)
    this.#changed()
  }

  /** Takes part no more: sends nothing, takes nothing. What was sent still runs; whoever began it ends it. */
  leave(): void {
    if (this.#attendance === null) return
    const legs = [...this.#legs.values()]
    this.#attendance.stop()
    this.#attendance = null
    if (this.#listening !== null) clearInterval(this.#listening)
    this.#legs.clear()
    for (const leg of legs) leg.close()
    this.#outgoing.clear()
    this.#wants.clear()
    this.#lets.clear()
    this.#spokeAt.clear()
    this.#awareness.setLocalStateField('call', null)
    this.#changed()
  }

  /** Ends everything. */
  destroy(): void {
    this.leave()
    this.#awareness.off('change', this.#lookAround)
    this.#listeners.clear()
  }

  /** Sends this track to everyone from now on, in the place of the one before; null: none. */
  send(source: Source, track: MediaStreamTrack | null): void {
    if (!this.#state.isIn) return
    if (track === null) this.#outgoing.delete(source)
    else this.#outgoing.set(source, { track, isMuted: source === 'voice' && this.#state.presence?.isMuted === true })
    this.#say({ hasCamera: this.#outgoing.has('camera'), hasScreen: this.#outgoing.has('screen') })
    this.#sendAll()
  }

  /** Says nothing, or speaks again. */
  mute(isMuted: boolean): void {
    const voice = this.#outgoing.get('voice')
    if (voice !== undefined) this.#outgoing.set('voice', { ...voice, isMuted })
    this.#say({ isMuted })
    this.#sendAll()
  }

  raiseHand(hasHand: boolean): void {
    this.#say({ hasHand })
  }

  react(face: Face): void {
    const count = (this.#state.presence?.reaction?.count ?? 0) + 1
    this.#say({ reaction: { count, face } })
  }

  /** So tall this side shows what this client sends. */
  show(client: number, wants: Wants): void {
    this.#wants.set(client, wants)
    for (const leg of this.#legs.values()) if (leg.client === client) leg.want(wants)
  }

  /** Somebody who only reads may speak, or no more. Nothing happens where this side only reads. */
  letSpeak(client: number, isLet: boolean): void {
    if (!this.#writes) return
    if (isLet) this.#lets.add(client)
    else this.#lets.delete(client)
    this.#sendAll()
    this.#lookAll()
  }

  ready(link: CallLink): void {
    const known = this.#legs.get(link)
    if (known !== undefined) {
      known.refresh()
      return
    }
    const leg = new Leg(link, {
      admits: (one) => one.writes || this.#mayRead(one.client),
      changed: () => {
        this.#share()
        this.#lookAll()
      },
      dropped: (reason) => this.#attendance?.dropped(reason),
    })
    this.#legs.set(link, leg)
    leg.send(this.#own())
    leg.want(this.#wants.get(leg.client ?? -1) ?? SILENT.wants)
    leg.refresh()
    this.#changed()
  }

  closed(link: CallLink): void {
    if (this.#legs.delete(link)) this.#changed()
  }

  said(link: CallLink, text: string): void {
    this.#legs.get(link)?.take(text)
  }

  admits(link: CallLink, transceiver: RTCRtpTransceiver): boolean {
    return this.#legs.get(link)?.takes(transceiver) ?? false
  }

  left(): void {
    this.destroy()
  }

  /** Whether somebody who only reads was let in by a writer, who takes part. */
  #mayRead(client: number | null): boolean {
    if (client === null) return false
    if (this.#lets.has(client)) return true
    return [...this.#legs.values()].some((leg) => leg.writes && leg.theirs.isIn && leg.theirs.lets.includes(client))
  }

  #own() {
    const { maySpeak } = this.#state
    return { isIn: this.#attendance !== null, maySend: maySpeak, outgoing: this.#outgoing, lets: [...this.#lets] }
  }

  #sendAll(): void {
    const own = this.#own()
    for (const leg of this.#legs.values()) leg.send(own)
    this.#share()
    this.#changed()
  }

  /** Tells each leg how many get a picture besides. */
  #share(): void {
    const receivers = { camera: 0, screen: 0 }
    for (const { theirs } of this.#legs.values()) {
      if (theirs.wants.camera > 0) receivers.camera++
      if (theirs.wants.screen > 0) receivers.screen++
    }
    for (const leg of this.#legs.values()) leg.share(receivers)
  }

  /** Who may speak may be otherwise now. */
  #lookAll(): void {
    const { maySpeak } = this.#state
    this.#changed()
    for (const leg of this.#legs.values()) leg.look()
    if (this.#state.maySpeak === maySpeak) return
    const own = this.#own()
    for (const leg of this.#legs.values()) leg.send(own)
  }

  #say(change: Partial<CallPresence>): void {
    const { presence } = this.#state
    this.#awareness.setLocalStateField('call', { ...presence, ...change })
  }

  readonly #listen = (): void => {
    const now = Date.now()
    let isChanged = false
    for (const { client, received } of this.#legs.values()) {
      if (client === null) continue
      const voice = received.get('voice')
      if (voice !== undefined && isAudible(voice)) this.#spokeAt.set(client, now)
      const was = this.#state.members.find((member) => member.client === client)?.isSpeaking ?? false
      isChanged ||= was !== this.#isSpeaking(client, now)
    }
    if (isChanged) this.#changed()
  }

  #isSpeaking(client: number, now: number): boolean {
    return now - (this.#spokeAt.get(client) ?? -Infinity) < SPEAKING
  }

  /** Every key that somebody presses moves a caret, which is presence as well: only what is said of the call counts. */
  readonly #lookAround = (): void => {
    const said = JSON.stringify([...this.#awareness.states].map(([client, { call }]) => [client, call as unknown]))
    if (said === this.#said) return
    this.#said = said
    this.#changed()
  }

  readonly #changed = (): void => {
    this.#state = this.#read()
    const { isIn, members } = this.#state
    const clients = isIn ? members.map(({ client }) => client) : []
    if (clients.join() !== this.#held) {
      this.#held = clients.join()
      this.#room.hold(new Set(clients))
    }
    for (const listener of this.#listeners) listener(this.#state)
  }

  #read(): CallState {
    const { clientID, states } = this.#awareness
    const presence = parsePresence(states.get(clientID))
    const now = Date.now()
    const legs = new Map([...this.#legs.values()].map((leg) => [leg.client, leg]))
    const members: Member[] = []
    for (const [client, state] of states) {
      const theirs = parsePresence(state)
      if (client === clientID || theirs === null) continue
      const leg = legs.get(client)
      members.push({
        client,
        presence: theirs,
        maySpeak: leg !== undefined && (leg.writes || this.#mayRead(client)),
        writes: leg?.writes ?? false,
        isSpeaking: this.#isSpeaking(client, now),
        isConnected: leg?.theirs.isIn ?? false,
        tracks: new Map([...(leg?.received ?? [])].map(([source, { track }]) => [source, track])),
      })
    }
    members.sort((a, b) => a.presence.since - b.presence.since || a.client - b.client)
    const maySpeak = this.#writes || this.#mayRead(clientID)
    return { isIn: presence !== null && this.#attendance !== null, maySpeak, members, presence }
  }
}
