/**
 * The call of one document: who takes part, what this side sends, and what comes. Each member has a leg with each other
 * (`leg.ts`); who is in is told to the whole room by presence. What somebody presents comes over a tree (`tree.ts`). Knows no
 * devices: it is handed tracks, and ends none.
 */
import type { Awareness } from 'y-protocols/awareness'
import type { Place } from '#doc/flow/places'
import type { CallLink, CallListener } from '../link/call-link.ts'
import type { Room } from '../room.ts'
import { Branches } from './branches.ts'
import { Leg, type Own } from './leg.ts'
import { isAudible, SPEAKING } from './levels.ts'
import { membersIn, type Member } from './members.ts'
import {
  BEATS,
  nameOf,
  parsePointer,
  parsePresence,
  POINTER,
  SILENT,
  writePointer,
  type CallPresence,
  type Face,
  type Pointer,
  type Source,
  type Wants,
} from './statement.ts'
import { BEAT, type Standing, type Surroundings } from './tree.ts'
import { VoiceKey } from './voice-key.ts'

export interface CallState {
  /** This side takes part. */
  isIn: boolean
  /** This side may speak. */
  maySpeak: boolean
  /** By when they came. */
  members: readonly Member[]
  presence: CallPresence | null
  /** Yjs client of whoever presents to everyone; null: nobody. */
  presenter: number | null
}

export interface CallOptions {
  room: Pick<Room, 'attend' | 'hold'>
  awareness: Awareness
  /** This side may write, so it may speak, and let others speak. */
  writes: boolean
  /** Whether this device, as it is now, should pass on what somebody presents. */
  canPass: () => boolean
}

/** How often it is looked who speaks, ms. Each look at a voice waits for a thread that may be busy with it. */
const LISTENING = 250

/** While somebody presents to more than so many, links are kept only along the tree. */
const ALL_LINKED = 12

type Listener = (state: CallState) => void
type PointerListener = (client: number, pointer: Pointer | null) => void

/** What this side sends of its own. */
interface Sent {
  track: MediaStreamTrack
  isMuted: boolean
}

export class Call implements CallListener {
  readonly #room: CallOptions['room']
  readonly #awareness: Awareness
  readonly #writes: boolean
  readonly #legs = new Map<CallLink, Leg>()
  readonly #listeners = new Set<Listener>()
  readonly #pointerListeners = new Set<PointerListener>()
  readonly #outgoing = new Map<Source, Sent>()
  readonly #wants = new Map<number, Wants>()
  /** When each was last heard to speak, ms since the epoch. */
  readonly #spokeAt = new Map<number, number>()
  /** The keys of those whom this side lets speak. */
  readonly #lets = new Set<string>()
  /** The one by which this side is known, where it only reads. */
  #voice: VoiceKey | null = null
  readonly #branches: Branches
  #attendance: ReturnType<Room['attend']> | null = null
  /** With whom a link is kept. */
  #held = ''
  /** What everyone said last of the call. */
  #said = ''
  #listening: ReturnType<typeof setInterval> | null = null
  #tending: ReturnType<typeof setInterval> | null = null
  #state: CallState

  constructor({ room, awareness, writes, canPass }: CallOptions) {
    this.#room = room
    this.#awareness = awareness
    this.#writes = writes
    this.#branches = new Branches({
      client: awareness.clientID,
      canPass: () => writes && canPass(),
      legWith: (client) => this.#legWith(client),
      around: () => this.#around,
      tell: (client) => {
        const leg = this.#legWith(client)
        if (leg !== undefined) leg.send(this.#ownTo(leg))
      },
    })
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

  /** Calls back when somebody who writes points at something else, or at nothing any more; returns how to stop. */
  onPointer(listener: PointerListener): () => void {
    this.#pointerListeners.add(listener)
    return () => this.#pointerListeners.delete(listener)
  }

  /** Takes part from now on. Throws when another call is held over these links. */
  join({ isMuted }: { isMuted: boolean }): void {
    if (this.#attendance !== null) return
    this.#attendance = this.#room.attend(this)
    this.#say({
      since: Date.now(),
      isMuted,
      hasCamera: false,
      hasScreen: false,
      hasHand: false,
      reaction: null,
      presents: false,
      records: false,
      spotlight: null,
      standing: null,
    })
    for (const link of this.#attendance.links) this.ready(link)
    if (!this.#writes) void this.#drawKey(this.#attendance)
    this.#listening = setInterval(this.#listen, LISTENING)
    this.#tending = setInterval(this.#tend, BEAT)
    this.#changed()
  }

  /** Takes part no more: sends nothing, takes nothing. What was sent still runs; whoever began it ends it. */
  leave(): void {
    if (this.#attendance === null) return
    const legs = [...this.#legs.values()]
    this.#attendance.stop()
    this.#attendance = this.#voice = null
    for (const timer of [this.#listening, this.#tending]) if (timer !== null) clearInterval(timer)
    this.#branches.end()
    for (const each of [this.#legs, this.#outgoing, this.#wants, this.#lets, this.#spokeAt]) each.clear()
    for (const leg of legs) leg.close()
    this.#awareness.setLocalStateField('call', null)
    this.#changed()
  }

  /** Ends everything. */
  destroy(): void {
    this.leave()
    this.#awareness.off('change', this.#lookAround)
    this.#listeners.clear()
    this.#pointerListeners.clear()
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

  /** What this side sends reaches everyone in the room, however many they are, over a tree; or only its legs again. */
  present(presents: boolean): void {
    if (!this.#writes) return
    this.#say({ presents })
    this.#tend()
    this.#sendAll()
  }

  /** Says that this side keeps what it hears and sees, or no more. */
  record(records: boolean): void {
    this.#say({ records })
  }

  /** Asks everyone to look at a block; null: no more. */
  spotlight(spotlight: Place | null): void {
    if (this.#writes) this.#say({ spotlight })
  }

  /** Points at something; null: at nothing any more. It may get lost. */
  point(pointer: Pointer | null): void {
    if (!this.#writes || !this.#state.isIn) return
    const text = writePointer(pointer)
    for (const { link } of this.#legs.values()) link.sendFrame({ kind: 'call', text })
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
    for (const leg of this.#legs.values()) this.#want(leg)
  }

  /** Somebody who only reads may speak, or no more. Nothing happens where this side only reads, or does not know them yet. */
  letSpeak(client: number, isLet: boolean): void {
    const key = this.#legWith(client)?.key ?? null
    if (!this.#writes || key === null) return
    if (isLet) this.#lets.add(key)
    else this.#lets.delete(key)
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
      admits: (one) => one.writes || this.#mayRead(one.key),
      changed: () => this.#hear(leg),
      dropped: (reason) => this.#attendance?.dropped(reason),
    })
    this.#legs.set(link, leg)
    leg.send(this.#ownTo(leg))
    this.#want(leg)
    leg.refresh()
    this.#changed()
  }

  closed(link: CallLink): void {
    const client = this.#legs.get(link)?.client ?? null
    if (!this.#legs.delete(link)) return
    if (client !== null) this.#branches.lose(client)
    this.#tend()
    this.#changed()
  }

  said(link: CallLink, text: string): void {
    const leg = this.#legs.get(link)
    const client = leg?.client ?? null
    if (leg === undefined || client === null) return
    if (text === BEATS.fed || text === BEATS.starved) {
      this.#branches.hearBeat(client, text === BEATS.fed && this.#hasPieces(leg))
    } else if (text.startsWith(POINTER)) {
      if (leg.writes) for (const listener of this.#pointerListeners) listener(client, parsePointer(text))
    } else leg.take(text)
  }

  admits(link: CallLink, transceiver: RTCRtpTransceiver): boolean {
    return this.#legs.get(link)?.takes(transceiver) ?? false
  }

  left(): void {
    this.destroy()
  }

  #legWith(client: number): Leg | undefined {
    return [...this.#legs.values()].find((leg) => leg.client === client)
  }

  /** Somebody says or sends something else now. */
  #hear(leg: Leg): void {
    this.#branches.hear(leg)
    this.#sendAll()
    this.#lookAll()
  }

  /** Whether whoever holds this key, and only reads, was let in by a writer, who takes part. */
  #mayRead(key: string | null): boolean {
    if (key === null) return false
    if (this.#lets.has(key)) return true
    return [...this.#legs.values()].some((leg) => leg.writes && leg.theirs.isIn && leg.theirs.lets.includes(key))
  }

  /** The key by which this side is known in this call. */
  async #drawKey(attendance: ReturnType<Room['attend']>): Promise<void> {
    const voice = await VoiceKey.draw()
    if (this.#attendance !== attendance) return
    this.#voice = voice
    this.#sendAll()
  }

  /** What goes over this leg: while this side presents, only to its children; of somebody else who does, to them as well. */
  #ownTo(leg: Leg): Own {
    const { maySpeak, presenter } = this.#state
    const { clientID } = this.#awareness
    const client = leg.client ?? -1
    const isChild = this.#branches.isChild(client)
    const outgoing = new Map<string, { piece: { source: Source; of: number | null } } & Sent>()
    if (presenter !== clientID || isChild) {
      for (const [source, sent] of this.#outgoing) outgoing.set(source, { piece: { source, of: null }, ...sent })
    }
    if (isChild && presenter !== null && presenter !== clientID) {
      for (const [source, track] of this.#presented(presenter)) {
        const piece = { source, of: presenter }
        outgoing.set(nameOf(piece), { piece, track, isMuted: false })
      }
    }
    return {
      isIn: this.#attendance !== null,
      maySend: maySpeak,
      outgoing,
      lets: [...this.#lets],
      voice: this.#voice,
      ...this.#branches.wordTo(client),
    }
  }

  /** What the presenter sends, as it comes from this side's parent. */
  #presented(presenter: number): Map<Source, MediaStreamTrack> {
    const { parent } = this.#branches
    const leg = parent === null ? undefined : this.#legWith(parent)
    const found = new Map<Source, MediaStreamTrack>()
    if (leg?.writes !== true) return found
    const of = parent === presenter ? null : presenter
    for (const { piece, receiver } of leg.received.values())
      if (piece.of === of) found.set(piece.source, receiver.track)
    return found
  }

  /** Whether what the presenter sends has begun to come over this leg, or there is nothing to come. */
  #hasPieces(leg: Leg): boolean {
    const { presenter } = this.#state
    const theirs = this.#state.members.find(({ client }) => client === presenter)?.presence
    if (presenter === null || theirs === undefined) return true
    const isSilent = theirs.isMuted && !theirs.hasCamera && !theirs.hasScreen
    const of = leg.client === presenter ? null : presenter
    return isSilent || [...leg.received.values()].some(({ piece }) => piece.of === of)
  }

  get #around(): Surroundings {
    const { members, presenter, presence } = this.#state
    const standings = new Map<number, Standing>()
    for (const { client, presence: theirs } of members)
      if (theirs.standing !== null) standings.set(client, theirs.standing)
    return { presenter: presence === null ? null : presenter, standings }
  }

  /** Now and then: sees to its place in the tree, and says that it is there. */
  readonly #tend = (): void => {
    if (this.#attendance === null) return
    if (!this.#branches.tend()) return
    this.#say({ standing: this.#state.presenter === null ? null : this.#branches.standing })
    this.#sendAll()
  }

  #sendAll(): void {
    for (const leg of this.#legs.values()) leg.send(this.#ownTo(leg))
    this.#share()
    this.#changed()
  }

  /** Says how tall is shown what comes over a leg: what they send themselves, and what they pass on. */
  #want(leg: Leg): void {
    const { presenter } = this.#state
    const own = this.#wants.get(leg.client ?? -1) ?? SILENT.wants
    const passed =
      leg.client === this.#branches.parent ? (this.#wants.get(presenter ?? -1) ?? SILENT.wants) : SILENT.wants
    leg.want({ camera: Math.max(own.camera, passed.camera), screen: Math.max(own.screen, passed.screen) })
  }

  /** Tells each leg how many get a picture besides. */
  #share(): void {
    const receivers = { camera: 0, screen: 0 }
    for (const { theirs } of this.#legs.values()) {
      if (theirs.wants.camera > 0) receivers.camera++
      if (theirs.wants.screen > 0) receivers.screen++
    }
    for (const leg of this.#legs.values()) {
      leg.share(receivers)
      this.#want(leg)
    }
  }

  /** Who may speak may be otherwise now. */
  #lookAll(): void {
    const { maySpeak } = this.#state
    this.#changed()
    for (const leg of this.#legs.values()) leg.look()
    if (this.#state.maySpeak !== maySpeak) this.#sendAll()
  }

  #say(change: Partial<CallPresence>): void {
    if (this.#attendance === null) return
    const { presence } = this.#state
    this.#awareness.setLocalStateField('call', { ...presence, ...change })
  }

  readonly #listen = (): void => {
    const now = Date.now()
    let isChanged = false
    for (const { client, received } of this.#legs.values()) {
      if (client === null) continue
      for (const { piece, receiver } of received.values()) {
        if (piece.source === 'voice' && isAudible(receiver)) this.#spokeAt.set(piece.of ?? client, now)
      }
    }
    for (const { client, isSpeaking } of this.#state.members) isChanged ||= isSpeaking !== this.#isSpeaking(client, now)
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
    const clients = this.#wanted()
    if (clients.join() !== this.#held) {
      this.#held = clients.join()
      this.#room.hold(new Set(clients))
    }
    for (const listener of this.#listeners) listener(this.#state)
  }

  /** With whom links are wanted: with all, or, of many to whom somebody presents, along the tree. */
  #wanted(): number[] {
    const { isIn, members, presenter } = this.#state
    if (!isIn) return []
    if (presenter === null || members.length < ALL_LINKED) return members.map(({ client }) => client)
    return this.#branches.wanted
  }

  #read(): CallState {
    const { clientID, states } = this.#awareness
    const now = Date.now()
    const { members, presenter } = membersIn({
      states,
      own: clientID,
      legs: this.#legs.values(),
      mayRead: ({ key }) => this.#mayRead(key),
      isSpeaking: (client) => this.#isSpeaking(client, now),
    })
    const presenting = members.find(({ client }) => client === presenter)
    if (presenting !== undefined) {
      const { parent, standing } = this.#branches
      presenting.tracks = this.#presented(presenting.client)
      presenting.passedBy = parent === null || parent === presenter ? null : { client: parent, depth: standing.depth }
      presenting.isConnected ||= standing.isFed
    }
    const presence = parsePresence(states.get(clientID))
    const isIn = presence !== null && this.#attendance !== null
    return { isIn, maySpeak: this.#writes || this.#mayRead(this.#voice?.name ?? null), members, presence, presenter }
  }
}
