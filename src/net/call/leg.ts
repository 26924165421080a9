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
  parseStatement,
  SILENT,
  SOURCES,
  writeStatement,
  type Picture,
  type Source,
  type Statement,
  type Wants,
} from './statement.ts'

/** What is sent to everyone: a track that is there, and whether it says nothing for the moment. */
type Outgoing = ReadonlyMap<Source, { track: MediaStreamTrack; isMuted: boolean }>

/** What this side says of itself on every leg. */
export interface Own {
  isIn: boolean
  /** This side may speak: it writes, or was let in. */
  maySend: boolean
  outgoing: Outgoing
  lets: readonly number[]
}

export interface LegEvents {
  /** Whether what the other side sends is taken: it writes, or somebody who does has let it in. */
  admits: (leg: Leg) => boolean
  /** What the other side says or sends is otherwise now. */
  changed: () => void
  dropped: (reason: string) => void
}

/** What belongs together is played together (RFC 8830): a voice with its face, a screen with its sound. */
const BUNDLE: Readonly<Record<Source, 'person' | 'screen'>> = {
  voice: 'person',
  camera: 'person',
  screen: 'screen',
  sound: 'screen',
}

/** What everyone can take, the cheapest first; of a screen, what draws letters best. Few, since each takes room in every offer. */
const CODECS: Readonly<Record<Source, readonly string[]>> = {
  voice: ['audio/opus'],
  sound: ['audio/opus'],
  camera: ['video/VP8', 'video/VP9', 'video/H264', 'video/rtx'],
  screen: ['video/VP9', 'video/VP8', 'video/H264', 'video/rtx'],
}

export class Leg {
  readonly link: CallLink
  readonly #events: LegEvents
  #own: Own = { isIn: false, maySend: false, outgoing: new Map(), lets: [] }
  #wants: Wants = SILENT.wants
  #theirs: Statement = SILENT
  #pc: RTCPeerConnection | null = null
  #senders = new Map<Source, RTCRtpTransceiver>()
  /** What each was given last. The browser says so only a moment later. */
  #carried = new Map<Source, MediaStreamTrack | null>()
  #bundles = { person: new MediaStream(), screen: new MediaStream() }
  #received = new Map<Source, RTCRtpReceiver>()
  /** Which side has said what last over this connection. */
  #told = ''
  /** How many get each picture from this side. */
  #receivers: Wants = SILENT.wants
  #qualities = new Map<Source, string>()
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

  /** What the other side said last. */
  get theirs(): Statement {
    return this.#theirs
  }

  /** What comes from the other side and is taken, by what it carries. */
  get received(): ReadonlyMap<Source, RTCRtpReceiver> {
    return this.#received
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

  /** The link has a connection, perhaps another one than before. */
  refresh(): void {
    const { pc } = this.link
    if (pc !== this.#pc) {
      this.#pc?.removeEventListener('signalingstatechange', this.#onNegotiated)
      this.#pc = pc
      this.#senders.clear()
      this.#carried.clear()
      this.#qualities.clear()
      this.#theirs = { ...this.#theirs, tracks: new Map() }
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
    this.#apply()
    this.#look()
    this.#events.changed()
  }

  /** Whether what the other side begins to send is taken. */
  takes(transceiver: RTCRtpTransceiver): boolean {
    const isTaken = ![...this.#senders.values()].includes(transceiver) && this.#own.isIn && this.#events.admits(this)
    if (isTaken) prefer(transceiver, RTCRtpReceiver, CODECS[kindOf(transceiver.receiver)])
    return isTaken
  }

  /** Who may speak is otherwise now: takes, or ends, what comes. */
  look(): void {
    this.#look()
  }

  /** Sends nothing more, and says so. */
  close(): void {
    this.#own = { isIn: false, maySend: false, outgoing: new Map(), lets: [] }
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
    for (const source of SOURCES) {
      const sent = isIn && maySend && this.#theirs.isIn ? outgoing.get(source) : undefined
      const transceiver = this.#senders.get(source)
      if (sent !== undefined) this.#carry(this.#pc, source, transceiver, sent)
      else if (transceiver !== undefined) {
        this.#replace(source, transceiver, null)
        transceiver.direction = 'inactive'
      }
    }
    this.#tell()
    this.#fit()
  }

  #carry(
    pc: RTCPeerConnection,
    source: Source,
    known: RTCRtpTransceiver | undefined,
    { track, isMuted }: { track: MediaStreamTrack; isMuted: boolean },
  ): void {
    if (known !== undefined) {
      this.#replace(source, known, isMuted ? null : track)
      known.direction = 'sendonly'
      return
    }
    const transceiver = pc.addTransceiver(track, {
      direction: 'sendonly',
      streams: [this.#bundles[BUNDLE[source]]],
      sendEncodings: [
        track.kind === 'audio' ? { maxBitrate: VOICE_BITRATE, priority: 'high', networkPriority: 'high' } : {},
      ],
    })
    this.#senders.set(source, transceiver)
    this.#carried.set(source, track)
    prefer(transceiver, RTCRtpSender, CODECS[source])
    if (isMuted) this.#replace(source, transceiver, null)
  }

  #replace(source: Source, { sender }: RTCRtpTransceiver, track: MediaStreamTrack | null): void {
    if (this.#carried.get(source) === track) return
    this.#carried.set(source, track)
    // Refused only by a connection that has been closed meanwhile.
    sender.replaceTrack(track).catch(() => this.#events.dropped('no-track'))
  }

  #tell(): void {
    if (!this.#isOpen) return
    const tracks = new Map<string, Source>()
    for (const [source, { mid, direction }] of this.#senders) {
      if (mid !== null && direction === 'sendonly') tracks.set(mid, source)
    }
    const { isIn, lets } = this.#own
    const text = writeStatement({ isIn, tracks, wants: this.#wants, lets })
    if (text === this.#told) return
    if (this.link.sendFrame({ kind: 'call', text })) this.#told = text
  }

  /** Takes what is admitted of what comes, and nothing else. */
  #look(): void {
    const received = new Map<Source, RTCRtpReceiver>()
    if (this.#pc !== null && this.#isOpen) {
      const own = new Set(this.#senders.values())
      const isTaken = this.#own.isIn && this.#events.admits(this)
      for (const transceiver of this.#pc.getTransceivers()) {
        const { mid, currentDirection, receiver } = transceiver
        if (own.has(transceiver) || mid === null) continue
        const source = this.#theirs.tracks.get(mid)
        const direction = isTaken ? 'recvonly' : 'inactive'
        if (transceiver.direction !== direction) transceiver.direction = direction
        if (isTaken && source !== undefined && currentDirection === 'recvonly' && isOfKind(receiver, source))
          received.set(source, receiver)
      }
    }
    const isSame =
      received.size === this.#received.size &&
      [...received].every(([source, receiver]) => this.#received.get(source) === receiver)
    if (isSame) return
    this.#received = received
    this.#events.changed()
  }

  #fit(): void {
    for (const picture of ['camera', 'screen'] as const) {
      const sender = this.#senders.get(picture)?.sender
      const track = this.#carried.get(picture) ?? null
      if (sender === undefined || track === null) continue
      const quality = qualityOf(picture, this.#theirs.wants[picture], this.#receivers[picture])
      const { height = 0 } = track.getSettings()
      const text = JSON.stringify([quality, height])
      if (this.#qualities.get(picture) === text) continue
      this.#qualities.set(picture, text)
      this.#fitting = this.#fitting
        .then(async () => {
          // Not negotiated yet: it is asked for again when it is.
          if (!(await setQuality(sender, picture, quality, height))) this.#qualities.delete(picture)
        })
        .catch(() => this.#events.dropped('no-quality'))
    }
  }
}

/** False where nothing is negotiated yet. One thing after the other: parameters that were read before others were set are refused (W3C WebRTC 1.0, section 5.2). */
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
