/**
 * Frames over one data channel. Small frames go out at once and overtake large ones, which travel in chunks; little is
 * handed to the browser ahead of time, so that a keystroke never waits behind a document.
 */
import { countDrop, type Counts } from '../diagnostics/counters.ts'
import { CHUNK_BYTES, MAX_FRAME, encodeFrame, parseFrame, type Frame, type Role } from './frames.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** The part of an RTCDataChannel that a Channel uses. */
export interface Pipe {
  readonly readyState: RTCDataChannelState
  readonly bufferedAmount: number
  bufferedAmountLowThreshold: number
  onbufferedamountlow: ((event: Event) => unknown) | null
  send(data: Bytes): void
}

/** Why something that arrived was dropped. */
type Fault = 'malformed-frame' | 'malformed-chunk' | 'oversized-transfer'

export interface ChannelEvents {
  frame(frame: Exclude<Frame, { kind: 'chunk' }>): void
  fault(fault: Fault): void
  /** A large transfer has begun, grown or ended. */
  progress(): void
}

/** Longest transfer of somebody who only reads, and of somebody of whom that is not known yet: a writer may have begun to tell what it has. */
export const MAX_READER_TRANSFER = 64 * 1024
const MAX_UNKNOWN_TRANSFER = 1024 * 1024

/** Largest transfer sent, the most bytes held of unfinished ones, and how many a peer may have begun at once. */
const MAX_TRANSFER = 256 * 1024 * 1024
const MAX_TRANSFERS = 4

/** Most bytes that wait for a slow peer before further messages are dropped (the next comparison of copies repairs that). */
const MAX_QUEUED = 64 * 1024 * 1024

/** Chunks are handed over while the browser holds less than this, small frames while it holds less than that. */
const CHUNKS_AHEAD = 64 * 1024
const SMALL_AHEAD = 1024 * 1024
const LOW_MARK = 16 * 1024

/** Node's WebRTC has no `bufferedamountlow` event: there the buffer is looked at this often, in milliseconds. */
const POLL_INTERVAL = 5

interface Outgoing {
  transfer: number
  bytes: Bytes
  offset: number
}

interface Incoming {
  total: number
  received: number
  pieces: Bytes[]
}

export class Channel {
  readonly #pipe: Pipe
  readonly #events: ChannelEvents
  readonly #counts: Counts
  readonly #polls: boolean
  readonly #urgent: Bytes[] = []
  readonly #small: Bytes[] = []
  readonly #large: Outgoing[] = []
  readonly #incoming = new Map<number, Incoming>()
  #isBroken = false
  #longest = MAX_UNKNOWN_TRANSFER
  #queued = 0
  #transfers = 0
  #poll: ReturnType<typeof setTimeout> | null = null

  constructor(pipe: Pipe, counts: Counts, events: ChannelEvents) {
    this.#counts = counts
    this.#pipe = pipe
    this.#events = events
    this.#polls = !('onbufferedamountlow' in pipe)
    pipe.bufferedAmountLowThreshold = LOW_MARK
    pipe.onbufferedamountlow = () => {
      this.#pump()
    }
  }

  /** Bytes that wait here, not counting what the browser already holds. */
  get queued(): number {
    return this.#queued
  }

  /** The large transfer under way to us, in bytes, or null. */
  get receiving(): { received: number; total: number } | null {
    const [first] = this.#incoming.values()
    return first === undefined ? null : { received: first.received, total: first.total }
  }

  /** Sends a frame when its turn comes. False when it was dropped: the peer is too slow, or the frame too large. */
  send(frame: Frame): boolean {
    const bytes = encodeFrame(frame)
    if (frame.kind === 'ping' || frame.kind === 'pong' || frame.kind === 'bye') {
      this.#urgent.push(bytes)
    } else if (bytes.length > MAX_TRANSFER || (this.#queued > 0 && this.#queued + bytes.length > MAX_QUEUED)) {
      return false
    } else if (bytes.length <= MAX_FRAME) {
      this.#small.push(bytes)
    } else {
      this.#large.push({ transfer: this.#transfers++, bytes, offset: 0 })
    }
    this.#queued += bytes.length
    this.#pump()
    return true
  }

  /** It is known now whether the other side may write. */
  bound(role: Role): void {
    this.#longest = role === 'write' ? MAX_TRANSFER : MAX_READER_TRANSFER
  }

  /** Takes one message of the data channel. Total on anything. */
  receive(data: unknown): void {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : null
    this.#counts.frames.received++
    this.#counts.bytes.received += bytes?.length ?? 0
    const frame = bytes !== null && bytes.length <= MAX_FRAME ? parseFrame(bytes) : null
    if (frame === null) this.#events.fault('malformed-frame')
    else if (frame.kind === 'unknown') countDrop(this.#counts, 'unknown-frame')
    else if (frame.kind === 'chunk') this.#receiveChunk(frame)
    else this.#events.frame(frame)
  }

  /** Drops what waits and what has half arrived. */
  close(): void {
    if (this.#poll !== null) clearTimeout(this.#poll)
    this.#pipe.onbufferedamountlow = null
    for (const queue of [this.#urgent, this.#small, this.#large]) queue.length = 0
    this.#incoming.clear()
    this.#queued = 0
  }

  #pump(): void {
    const pipe = this.#pipe
    while (pipe.readyState === 'open' && !this.#isBroken) {
      const bytes = this.#next(pipe.bufferedAmount)
      if (bytes === null) break
      if (!this.#hand(bytes)) return
    }
    if (this.#polls && this.#queued > 0 && pipe.readyState === 'open') {
      this.#poll ??= setTimeout(() => {
        this.#poll = null
        this.#pump()
      }, POLL_INTERVAL)
    }
  }

  /** False when the data channel takes no more: it is closing, though its state does not say so yet. The heartbeat finds out. */
  #hand(bytes: Bytes): boolean {
    try {
      this.#pipe.send(bytes)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      this.#isBroken = true
      return false
    }
    this.#counts.frames.sent++
    this.#counts.bytes.sent += bytes.length
    return true
  }

  /** What to send now, when `ahead` bytes lie in the browser's buffer already. */
  #next(ahead: number): Bytes | null {
    if (ahead >= SMALL_AHEAD) return null
    const bytes = this.#urgent.shift() ?? this.#small.shift()
    if (bytes !== undefined) {
      this.#queued -= bytes.length
      return bytes
    }
    return ahead < CHUNKS_AHEAD ? this.#nextChunk() : null
  }

  #nextChunk(): Bytes | null {
    const [outgoing] = this.#large
    if (outgoing === undefined) return null
    const { transfer, bytes, offset } = outgoing
    const piece = bytes.subarray(offset, offset + CHUNK_BYTES)
    outgoing.offset += piece.length
    this.#queued -= piece.length
    if (outgoing.offset === bytes.length) this.#large.shift()
    return encodeFrame({ kind: 'chunk', transfer, total: bytes.length, offset, bytes: piece })
  }

  /** Bytes of unfinished transfers. */
  get #held(): number {
    let held = 0
    for (const { received } of this.#incoming.values()) held += received
    return held
  }

  #receiveChunk({ transfer, total, offset, bytes }: Extract<Frame, { kind: 'chunk' }>): void {
    const begun = this.#incoming.get(transfer)
    const incoming = begun ?? { total, received: 0, pieces: [] }
    if (
      this.#held + total - incoming.received > this.#longest ||
      (begun === undefined && this.#incoming.size >= MAX_TRANSFERS)
    ) {
      this.#incoming.delete(transfer)
      this.#events.fault('oversized-transfer')
    } else if (
      total !== incoming.total ||
      offset !== incoming.received ||
      bytes.length === 0 ||
      bytes.length !== Math.min(CHUNK_BYTES, total - offset)
    ) {
      this.#incoming.delete(transfer)
      this.#events.fault('malformed-chunk')
    } else {
      incoming.received += bytes.length
      incoming.pieces.push(bytes)
      if (incoming.received < total) this.#incoming.set(transfer, incoming)
      else this.#finish(transfer, incoming)
    }
    this.#events.progress()
  }

  #finish(transfer: number, { total, pieces }: Incoming): void {
    this.#incoming.delete(transfer)
    const frame = parseFrame(join(pieces, total))
    if (frame === null || frame.kind === 'chunk') this.#events.fault('malformed-chunk')
    else if (frame.kind === 'unknown') countDrop(this.#counts, 'unknown-frame')
    else this.#events.frame(frame)
  }
}

function join(pieces: readonly Bytes[], total: number): Bytes {
  const bytes = new Uint8Array(total)
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}
