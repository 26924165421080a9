/**
 * One leg of a call: what goes over one link, both ways. What is sent belongs to the leg: on a connection that takes the place of
 * another it is sent again.
 *
 * Each side sends on transceivers of its own, so that both may begin at the same moment, and says by `mid` what each carries.
 * A transceiver that carries nothing is made inactive and used again.
 */
import type { CallLink } from '../link/call-link.ts'
import { qualityOf, VOICE_BITRATE, type Quality } from './fit.ts'
import {
  BEATS,
  nameOf,
  parseStatement,
  SILENT,
  writeStatement,
  type Picture,
  type Piece,
  type Source,
  type Statement,
  type Wants,
} from './statement.ts'
import { isHeld, type Claim, type VoiceKey } from './voice-key.ts'

/** What is sent, by its name: a track that is there, and whether it says nothing for the moment. */
type Outgoing = ReadonlyMap<string, { piece: Piece; track: MediaStreamTrack; isMuted: boolean }>

/** What this side says of itself on a leg. */
export interface Own {
  isIn: boolean
  /** This side may speak: it writes, or was let in. */
  maySend: boolean
  outgoing: Outgoing
  lets: readonly string[]
  /** By which this side is known that only reads. */
  voice: VoiceKey | null
  asks: boolean
  refuses: readonly number[] | null
}

const NOTHING: Own = {
  isIn: false,
  maySend: false,
  outgoing: new Map(),
  lets: [],
  voice: null,
  asks: false,
  refuses: null,
}

export interface LegEvents {
  /** Whether what the other side sends is taken: it writes, or somebody who does has let it in. */
  admits: (leg: Leg) => boolean
  /** What the other side says or sends is otherwise now. */
  changed: () => void
  dropped: (reason: string) => void
}

/** What belongs together is played together (RFC 8830): a voice with its face, a screen with its sound. */
const BUNDLE: Readonly<Record<Source, Source>> = {
  voice: 'voice',
  camera: 'voice',
  screen: 'screen',
  sound: 'screen',
}

/** How long after a refusal a picture's quality is set again, ms. */
const REFIT = 500

/** What everyone can take, the cheapest first; of a screen, what draws letters best. Few, since each takes room in every offer. */
const CODECS: Readonly<Record<Source, readonly string[]>> = {
  voice: ['audio/opus'],
  sound: ['audio/opus'],
  camera: ['video/VP8', 'video/VP9', 'video/H264', 'video/rtx'],
  screen: ['video/VP9', 'video/VP8', 'video/H264', 'video/rtx'],
}

interface OwnSender {
  piece: Piece
  transceiver: RTCRtpTransceiver
}

/** What this side has ever sent on over each connection, by name: it is used again, also by a later call. */
const ownSenders = new WeakMap<RTCPeerConnection, Map<string, OwnSender>>()

function sendersOf(pc: RTCPeerConnection): Map<string, OwnSender> {
  const senders = ownSenders.get(pc) ?? new Map<string, OwnSender>()
  ownSenders.set(pc, senders)
  return senders
}

export class Leg {
  readonly link: CallLink
  readonly #events: LegEvents
  #own = NOTHING
  #wants: Wants = SILENT.wants
  #theirs: Statement = SILENT
  #pc: RTCPeerConnection | null = null
  #senders = new Map<string, OwnSender>()
  /** What each was given last. The browser says so only a moment later. */
  #carried = new Map<string, MediaStreamTrack | null>()
  #bundles = new Map<string, MediaStream>()
  #received = new Map<string, { piece: Piece; receiver: RTCRtpReceiver }>()
  /** On which connection this side has begun to show its key, and what shows it. */
  #shownOn: RTCPeerConnection | null = null
  #ownClaim: Claim | null = null
  /** What the other side claims, and the key that it has been found to hold. */
  #claimed: Claim | null = null
  #key: string | null = null
  /** Which side has said what last over this connection. */
  #told = ''
  /** How many get each picture from this side. */
  #receivers: Wants = SILENT.wants
  #qualities = new Map<string, string>()
  #fitting: Promise<unknown> = Promise.resolve()

  constructor(link: CallLink, events: LegEvents) {
    this.link = link
    this.#events = events
  }

  /** Yjs client of the other side. */
  get client(): number | null {
    return this.link.introduction?.client ?? null
  }

  get writes(): boolean {
    return this.link.introduction?.role === 'write'
  }

  /** The key by which the other side is known that only reads, once it has shown over this connection that it holds it. */
  get key(): string | null {
    return this.#key
  }

  /** What the other side said last. */
  get theirs(): Statement {
    return this.#theirs
  }

  /** What comes from the other side and is taken, by its name. */
  get received(): ReadonlyMap<string, { piece: Piece; receiver: RTCRtpReceiver }> {
    return this.#received
  }

  /** When something of what comes was played last, by the browser's clock, ms; 0: never (W3C WebRTC 1.0, section 5.3). */
  get lastFrame(): number {
    const sources = [...this.#received.values()].flatMap(({ receiver }) => receiver.getSynchronizationSources())
    return Math.max(0, ...sources.map(({ timestamp }) => timestamp))
  }

  /** Sends this from now on. */
  send(own: Own): void {
    this.#own = own
    this.#apply()
  }

  /** So tall this side shows what comes. */
  want(wants: Wants): void {
    this.#wants = wants
    this.#tell()
  }

  /** So many get each picture from this side. */
  share(receivers: Wants): void {
    this.#receivers = receivers
    this.#fit()
  }

  /** Says that this side is there. */
  beat(isFed: boolean): void {
    this.link.sendFrame({ kind: 'call', text: isFed ? BEATS.fed : BEATS.starved })
  }

  /** The link has a connection, perhaps another one than before. */
  refresh(): void {
    const { pc } = this.link
    if (pc !== this.#pc) {
      this.#pc?.removeEventListener('signalingstatechange', this.#onNegotiated)
      this.#pc = pc
      this.#senders = pc === null ? new Map<string, OwnSender>() : sendersOf(pc)
      this.#carried.clear()
      this.#qualities.clear()
      this.#theirs = { ...this.#theirs, tracks: new Map() }
      this.#ownClaim = this.#claimed = this.#key = null
      pc?.addEventListener('signalingstatechange', this.#onNegotiated)
    }
    this.#told = ''
    this.#apply()
    this.#look()
  }

  /** The other side says something. Total on any text. */
  take(text: string): void {
    const statement = parseStatement(text)
    if (statement === null) {
      this.link.offend('malformed-call')
      return
    }
    const isNew = statement.isIn && !this.#theirs.isIn
    this.#theirs = statement
    // It has heard nothing of us before it took part.
    if (isNew) this.#told = ''
    this.#check(statement.claim)
    this.#apply()
    this.#look()
    this.#events.changed()
  }

  /** Whether what the other side begins to send is taken. */
  takes(transceiver: RTCRtpTransceiver): boolean {
    const isOwn = [...this.#senders.values()].some((sender) => sender.transceiver === transceiver)
    const isTaken = !isOwn && this.#own.isIn && this.#events.admits(this)
    if (isTaken) prefer(transceiver, RTCRtpReceiver, CODECS[kindOf(transceiver.receiver)])
    return isTaken
  }

  /** Who may speak is otherwise now: takes, or ends, what comes. */
  look(): void {
    this.#look()
  }

  /** Sends nothing more, and says so. */
  close(): void {
    this.#own = NOTHING
    this.#apply()
    this.#look()
    this.#pc?.removeEventListener('signalingstatechange', this.#onNegotiated)
  }

  get #isOpen(): boolean {
    return this.#pc !== null && this.#pc.signalingState !== 'closed'
  }

  readonly #onNegotiated = (): void => {
    if (this.#pc?.signalingState === 'closed') return
    this.#tell()
    this.#look()
    this.#fit()
  }

  #apply(): void {
    if (this.#pc === null || !this.#isOpen) return
    const { isIn, maySend, outgoing } = this.#own
    const isSent = isIn && maySend && this.#theirs.isIn
    for (const [name, sent] of outgoing) if (isSent) this.#carry(this.#pc, name, sent)
    for (const [name, { transceiver }] of this.#senders) {
      if (isSent && outgoing.has(name)) continue
      this.#replace(name, transceiver, null)
      transceiver.direction = 'inactive'
    }
    this.#show(this.#pc)
    this.#tell()
    this.#fit()
  }

  /** Shows the other side which key is ours, once over each connection. */
  #show(pc: RTCPeerConnection): void {
    const { voice } = this.#own
    if (voice === null || this.#shownOn === pc) return
    this.#shownOn = pc
    voice.claim(pc).then(
      (claim) => {
        if (this.#pc !== pc) return
        this.#ownClaim = claim
        this.#tell()
      },
      () => this.#events.dropped('no-claim'),
    )
  }

  /** Looks whether the other side holds the key that it claims. */
  #check(claim: Claim | null): void {
    const pc = this.#pc
    const { key, signature } = this.#claimed ?? {}
    if (pc === null || (claim?.key === key && claim?.signature === signature)) return
    this.#claimed = claim
    this.#key = null
    if (claim === null) return
    isHeld(claim, pc).then(
      (isTrue) => {
        if (this.#claimed !== claim) return
        if (isTrue) this.#key = claim.key
        else this.link.offend('bad-claim')
        this.#events.changed()
      },
      () => this.#events.dropped('no-claim'),
    )
  }

  #carry(
    pc: RTCPeerConnection,
    name: string,
    { piece, track, isMuted }: { piece: Piece; track: MediaStreamTrack; isMuted: boolean },
  ): void {
    const known = this.#senders.get(name)?.transceiver ?? this.#claim(name, piece)
    if (known !== null) {
      this.#replace(name, known, isMuted ? null : track)
      known.direction = 'sendonly'
      return
    }
    const bundle = nameOf({ ...piece, source: BUNDLE[piece.source] })
    const stream = this.#bundles.get(bundle) ?? new MediaStream()
    this.#bundles.set(bundle, stream)
    const isAudio = track.kind === 'audio'
    const transceiver = pc.addTransceiver(track, {
      direction: 'sendonly',
      streams: [stream],
      sendEncodings: [isAudio ? { maxBitrate: VOICE_BITRATE, priority: 'high', networkPriority: 'high' } : {}],
    })
    this.#senders.set(name, { piece, transceiver })
    this.#carried.set(name, track)
    prefer(transceiver, RTCRtpSender, CODECS[piece.source])
    if (isMuted) this.#replace(name, transceiver, null)
  }

  /** One that carried the same of somebody else, and carries nothing any more; null: there is none. */
  #claim(name: string, piece: Piece): RTCRtpTransceiver | null {
    for (const [other, { piece: carried, transceiver }] of this.#senders) {
      if (carried.source !== piece.source || this.#own.outgoing.has(other)) continue
      this.#senders.delete(other)
      this.#carried.delete(other)
      this.#senders.set(name, { piece, transceiver })
      return transceiver
    }
    return null
  }

  #replace(name: string, { sender }: RTCRtpTransceiver, track: MediaStreamTrack | null): void {
    if (this.#carried.get(name) === track) return
    this.#carried.set(name, track)
    // Refused only by a connection that has been closed meanwhile.
    sender.replaceTrack(track).catch(() => this.#events.dropped('no-track'))
  }

  #tell(): void {
    if (!this.#isOpen) return
    const tracks = new Map<string, Piece>()
    for (const { piece, transceiver } of this.#senders.values()) {
      const { mid, direction } = transceiver
      if (mid !== null && direction === 'sendonly') tracks.set(mid, piece)
    }
    const { isIn, lets, voice, asks, refuses } = this.#own
    const claim = voice === null ? null : this.#ownClaim
    const text = writeStatement({ isIn, tracks, wants: this.#wants, lets, claim, asks, refuses })
    if (text === this.#told) return
    if (this.link.sendFrame({ kind: 'call', text })) this.#told = text
  }

  /** Takes what is admitted of what comes, and nothing else. */
  #look(): void {
    const received = new Map<string, { piece: Piece; receiver: RTCRtpReceiver }>()
    if (this.#pc !== null && this.#isOpen) {
      const own = new Set([...this.#senders.values()].map(({ transceiver }) => transceiver))
      const isTaken = this.#own.isIn && this.#events.admits(this)
      for (const transceiver of this.#pc.getTransceivers()) {
        const { mid, currentDirection, receiver } = transceiver
        if (own.has(transceiver) || mid === null) continue
        const piece = this.#theirs.tracks.get(mid)
        const direction = isTaken ? 'recvonly' : 'inactive'
        if (transceiver.direction !== direction) transceiver.direction = direction
        const isComing = isTaken && currentDirection === 'recvonly'
        if (isComing && piece !== undefined && isOfKind(receiver, piece.source))
          received.set(nameOf(piece), { piece, receiver })
      }
    }
    const isSame =
      received.size === this.#received.size &&
      [...received].every(([name, { receiver }]) => this.#received.get(name)?.receiver === receiver)
    if (isSame) return
    this.#received = received
    this.#events.changed()
  }

  #fit(): void {
    if (!this.#isOpen) return
    for (const [name, { piece, transceiver }] of this.#senders) {
      const { source } = piece
      const track = this.#carried.get(name) ?? null
      if (track === null || (source !== 'camera' && source !== 'screen')) continue
      const quality = qualityOf(source, this.#theirs.wants[source], this.#receivers[source])
      const { height = 0 } = track.getSettings()
      const text = JSON.stringify([quality, height])
      if (this.#qualities.get(name) === text) continue
      this.#qualities.set(name, text)
      this.#fitting = this.#fitting
        .then(async () => {
          // Not negotiated yet: it is asked for again when it is.
          if (!(await setQuality(transceiver.sender, source, quality, height))) this.#qualities.delete(name)
        })
        .catch(() => {
          // Refused while something else was being negotiated: then it would stay as it was, perhaps unsent.
          this.#events.dropped('no-quality')
          this.#qualities.delete(name)
          setTimeout(() => this.#fit(), REFIT)
        })
    }
  }
}

/** One thing after the other: parameters that were read before others were set are refused (W3C WebRTC 1.0, section 5.2). */
async function setQuality(
  sender: RTCRtpSender,
  picture: Picture,
  quality: Quality | null,
  height: number,
): Promise<boolean> {
  const parameters = sender.getParameters()
  const [encoding] = parameters.encodings
  if (encoding === undefined) return false
  encoding.active = quality !== null
  if (quality !== null) {
    encoding.maxBitrate = quality.bitrate
    encoding.maxFramerate = quality.frames
    encoding.scaleResolutionDownBy = Math.max(1, height / quality.height)
  }
  parameters.degradationPreference = picture === 'screen' ? 'maintain-resolution' : 'balanced'
  await sender.setParameters(parameters)
  return true
}

/** Whether a receiver can carry what it is said to carry. */
const isOfKind = ({ track }: RTCRtpReceiver, source: Source): boolean =>
  track.kind === (source === 'voice' || source === 'sound' ? 'audio' : 'video')

/** What a receiver takes, be it of a person or of a screen. */
const kindOf = ({ track }: RTCRtpReceiver): 'voice' | 'camera' => (track.kind === 'audio' ? 'voice' : 'camera')

/**
 * Offers and takes these codecs and no others. Firefox (153) leaves what it says of the others in its descriptions, and Chromium
 * then refuses them: it names all it has, as it would without us.
 */
function prefer(
  transceiver: RTCRtpTransceiver,
  end: typeof RTCRtpSender | typeof RTCRtpReceiver,
  names: readonly string[],
): void {
  if ('mozGetUserMedia' in navigator) return
  const isWanted = ({ mimeType, sdpFmtpLine = '' }: RTCRtpCodec): boolean =>
    names.includes(mimeType) &&
    (mimeType !== 'video/H264' || /packetization-mode=1.*profile-level-id=42e0/iu.test(sdpFmtpLine)) &&
    (mimeType !== 'video/VP9' || !/profile-id=[1-9]/u.test(sdpFmtpLine))
  const all = end.getCapabilities(transceiver.receiver.track.kind)?.codecs ?? []
  const wanted = all.filter(isWanted).sort((a, b) => names.indexOf(a.mimeType) - names.indexOf(b.mimeType))
  transceiver.setCodecPreferences(wanted)
}
