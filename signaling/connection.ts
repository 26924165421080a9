import type { Duplex } from 'node:stream'
import { WebSocket, type RawData } from 'ws'
import type { Batch } from './batch.ts'
import { costOf, type Hub, type Subscriber } from './hub.ts'
import { TokenBucket, type Allowance } from './limits.ts'
import type { Network, Task } from './network.ts'
import { parseClientMessage, type ClientMessage } from './protocol.ts'
import { textFrame } from './text-frame.ts'
import type { Turns } from './turns.ts'

/**
 * Limits on what one connection may do. Its allowance is in tokens: a frame costs 1, and 1 for each 4 KiB of it; each
 * frame that it makes the relay send costs a quarter, and 1 for each 64 KiB.
 */
export interface ConnectionLimits extends Allowance {
  /** Topics it may listen to at once. */
  topicsPerConnection: number
  /** Characters in a topic's name. */
  topicLength: number
  /** Bytes waiting to be sent to a slow reader before it is dropped, with what it costs to have them wait. */
  bufferedBytes: number
  /** Frames that make no sense before it is dropped. */
  strikes: number
}

/** Why something of a connection was dropped: a frame, or the connection itself. */
export type DropReason =
  | 'malformed'
  | 'binary'
  | 'topics'
  | 'protocol'
  | 'oversized'
  | 'throttled'
  | 'slow'
  | 'silent'
  | 'flood'
  | 'crowded'
  | 'credentials'

/** Text frames since the relay started, and the bytes in them, from browsers and to them. */
export interface Traffic {
  messagesIn: number
  messagesOut: number
  bytesIn: number
  bytesOut: number
}

/** What all connections of a relay share. */
export interface Surroundings {
  readonly hub: Hub
  readonly turns: Turns
  readonly limits: ConnectionLimits & { bufferedBytesPerAddress: number }
  readonly traffic: Traffic
  readonly batch: Batch
  /** Told of everything that is dropped. */
  dropped(reason: DropReason): void
  /** Told once of each connection that is gone. */
  gone(connection: Connection): void
}

const PONG = textFrame('{"type":"pong"}')
const READ_BYTES = 4 * 1024
const SUBSCRIPTION_COST = 1 / 4

/** What a frame that waits to be sent holds besides its bytes. */
const WAITING_FRAME_BYTES = 256

/** What a connection may have waiting without being blamed when too much waits for its network. */
const FAIR_BYTES = 64 * 1024

/** Frames that may wait to be obeyed: those of one connection, and of one network. More come together only in a flood. */
const WAITING = 1_024
const WAITING_IN_NETWORK = 4_096

/** RFC 6455, section 7.4.1. */
const POLICY_VIOLATION = 1008

/** A WebSocket that knows whose it is, so that all can share their listeners. */
export class RelaySocket extends WebSocket {
  connection: Connection | null = null
}

/** One browser's WebSocket. Small: a relay holds thousands. */
export class Connection implements Subscriber, Task {
  readonly topics = new Set<string>()
  readonly network: Network
  readonly #socket: RelaySocket
  readonly #stream: Duplex
  readonly #relay: Surroundings
  readonly #bucket: TokenBucket
  #strikes = 0
  #answered = true
  #rest: NodeJS.Timeout | null = null
  /** Frames that came while others had their turn; null while none waits. */
  #waiting: Buffer[] | null = null
  #hasTurn = false
  #queuedFrames = 0
  #queuedBytes = 0
  #isGone = false

  /** The socket, the stream that it writes to, and whom it counts to. */
  constructor(socket: RelaySocket, stream: Duplex, network: Network, relay: Surroundings) {
    this.#socket = socket
    this.#stream = stream
    this.network = network
    this.#relay = relay
    this.#bucket = new TokenBucket(relay.limits)
    socket.connection = this
    network.members.add(this)
    socket.on('message', Connection.#onMessage)
    socket.on('ping', Connection.#onPing)
    socket.on('pong', Connection.#onPong)
    socket.on('error', Connection.#onError)
    socket.on('close', Connection.#onClose)
    if (network.isHalted) this.halt()
  }

  // Listeners of its own would be a third of what a connection takes here.
  static readonly #onMessage = function (this: WebSocket, data: RawData, isBinary: boolean): void {
    connectionOf(this).#receive(data, isBinary)
  }
  static readonly #onPing = function (this: WebSocket, data: Buffer): void {
    connectionOf(this).#answerPing(data)
  }
  static readonly #onPong = function (this: WebSocket, data: Buffer): void {
    connectionOf(this).#pay(data.length, 0)
  }
  static readonly #onError = function (this: WebSocket, error: Error): void {
    connectionOf(this).#relay.dropped(reasonOf(error))
  }
  static readonly #onClose = function (this: WebSocket): void {
    const connection = connectionOf(this)
    connection.#forget()
    connection.#isGone = true
    connection.network.members.delete(connection)
    connection.network.queuedBytes -= connection.#queuedBytes
    connection.#queuedBytes = 0
    connection.#relay.gone(connection)
  }

  /** Sends a frame; a reader that lets too much pile up is dropped. */
  deliver(frame: Buffer): void {
    const socket = this.#socket
    if (socket.readyState !== socket.OPEN) return
    this.#relay.batch.hold(this.#stream)
    // Straight to the stream: what ws would add is made once for all who are to have it, and nothing is compressed.
    this.#stream.write(frame, this.#onWritten)
    this.#queuedFrames++
    this.#relay.traffic.messagesOut++
    this.#relay.traffic.bytesOut += frame.length
    this.#countQueued()
  }

  readonly #onWritten = (): void => {
    this.#queuedFrames--
    if (this.#queuedFrames === 0 || this.network.queuedBytes > FAIR_BYTES) this.#noteQueued()
  }

  #noteQueued(): void {
    if (this.#isGone) return
    const now = this.#stream.writableLength + this.#queuedFrames * WAITING_FRAME_BYTES
    this.network.queuedBytes += now - this.#queuedBytes
    this.#queuedBytes = now
  }

  /** Drops a slow reader. When too much waits for all of its network, whoever has more than a fair share of it is one. */
  #countQueued(): void {
    this.#noteQueued()
    const { bufferedBytes, bufferedBytesPerAddress } = this.#relay.limits
    const isUnfair = this.#queuedBytes > FAIR_BYTES && this.network.queuedBytes > bufferedBytesPerAddress
    if (this.#queuedBytes > bufferedBytes || isUnfair) this.drop('slow')
  }

  /** Asks for a sign of life. */
  ping(): void {
    this.#answered = false
    this.#socket.ping()
  }

  /** Drops the connection unless there was a sign of life since the last `ping`. One that rests cannot give one. */
  expectAnswer(): void {
    if (!this.#answered && this.#isIdle) this.drop('silent')
  }

  /** Ends the connection at once, without a farewell. */
  drop(reason: DropReason): void {
    this.#relay.dropped(reason)
    this.terminate()
  }

  /**
   * Says farewell with a close code of RFC 6455. The socket closes when the other side agrees, or soon anyway; resolves
   * when it has. Quietly, those it shared a topic with are not told that it left.
   */
  close(code: number, reason: string, quietly = false): Promise<void> {
    this.#forget(quietly)
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()))
    this.#socket.close(code, reason)
    return closed
  }

  terminate(): void {
    this.#socket.terminate()
  }

  /** Takes its turn: obeys a frame that waits, or reads on. */
  work(): void {
    this.#hasTurn = false
    if (this.#socket.readyState !== this.#socket.OPEN || this.#rest !== null) return
    const bytes = this.#waiting?.shift()
    if (bytes !== undefined) {
      this.network.waitingFrames--
      this.#handle(bytes)
    }
    if (this.#waiting?.length === 0) this.#waiting = null
    if (this.#waiting !== null) this.halt()
    else if (this.#isIdle) this.#socket.resume()
  }

  /** Whether it neither rests nor waits for its turn. */
  get #isIdle(): boolean {
    return this.#rest === null && !this.#hasTurn
  }

  /** Reads on when it is its turn. */
  halt(): void {
    if (!this.#isIdle || this.#socket.readyState !== this.#socket.OPEN) return
    this.#hasTurn = true
    this.#socket.pause()
    this.#relay.turns.add(this.network, this)
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    // ws hands over one Buffer unless told otherwise.
    const bytes = data as Buffer
    this.#relay.traffic.messagesIn++
    this.#relay.traffic.bytesIn += bytes.length
    if (isBinary) {
      this.#strike('binary')
      this.#pay(bytes.length, 0)
    } else if (this.#isIdle && !this.#relay.turns.isOver) this.#handle(bytes)
    else this.#wait(bytes)
  }

  /** What was read in one piece cannot be unread: it waits here. */
  #wait(bytes: Buffer): void {
    this.#waiting ??= []
    this.#waiting.push(bytes)
    this.network.waitingFrames++
    if (this.#waiting.length > WAITING || this.network.waitingFrames > WAITING_IN_NETWORK) this.drop('flood')
    else this.halt()
  }

  #handle(bytes: Buffer): void {
    const message = parseClientMessage(bytes.toString())
    if (message === null) this.#strike('malformed')
    this.#pay(bytes.length, message === null ? 0 : this.#obey(message))
  }

  /** Does what the message asks for; returns what that cost. */
  #obey(message: ClientMessage): number {
    const { hub } = this.#relay
    switch (message.type) {
      case 'subscribe':
        this.#subscribe(message.topics)
        return message.topics.length * SUBSCRIPTION_COST
      case 'unsubscribe':
        return message.topics.reduce(
          (cost, topic) => cost + SUBSCRIPTION_COST + costOf({ frames: hub.unsubscribe(this, topic), bytes: 0 }),
          0,
        )
      case 'publish':
        return costOf(hub.publish(message.topic, message.data))
      case 'ping':
        this.deliver(PONG)
        return costOf({ frames: 1, bytes: PONG.length })
    }
  }

  #subscribe(topics: string[]): void {
    const { topicLength, topicsPerConnection } = this.#relay.limits
    for (const topic of topics) {
      const fits = topic.length <= topicLength && (this.topics.size < topicsPerConnection || this.topics.has(topic))
      if (!fits) return this.#strike('topics')
      if (!this.#relay.hub.subscribe(this, topic)) this.#relay.dropped('crowded')
    }
  }

  /** Pings that come while it rests are not answered: the next one is (RFC 6455, section 5.5.3). */
  #answerPing(data: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#isIdle) {
      this.#relay.batch.hold(this.#stream)
      this.#socket.pong(data)
      this.#countQueued()
    }
    this.#pay(data.length, costOf({ frames: 1, bytes: data.length }))
  }

  /** A frame that makes no sense. It costs its sender, who after a few is told so and not listened to any more. */
  #strike(reason: DropReason): void {
    this.#relay.dropped(reason)
    if (++this.#strikes < this.#relay.limits.strikes) return
    void this.close(POLICY_VIOLATION, 'too many senseless frames')
    this.#socket.pause()
  }

  /** Takes what a frame cost from what the sender and its network may do. One that overdraws it is not read from for a while. */
  #pay(read: number, cost: number): void {
    this.#answered = true
    const all = 1 + read / READ_BYTES + cost
    const rest = this.#bucket.take(all)
    const owes = this.network.take(all) > 0
    if ((rest === 0 && !owes) || this.#rest !== null || this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#isIdle) this.#relay.dropped('throttled')
    if (owes) this.network.halt()
    if (rest === 0) return
    this.#socket.pause()
    this.#rest = setTimeout(() => this.#resume(), rest)
  }

  #resume(): void {
    this.#rest = null
    const rest = this.#bucket.take(0)
    if (rest > 0) this.#rest = setTimeout(() => this.#resume(), rest)
    else this.halt()
  }

  #forget(quietly = false): void {
    if (!this.#isIdle) {
      if (this.#rest !== null) clearTimeout(this.#rest)
      this.#rest = null
      this.#socket.resume()
    }
    this.network.waitingFrames -= this.#waiting?.length ?? 0
    this.#waiting = null
    this.#relay.hub.remove(this, quietly)
  }
}

function connectionOf(socket: WebSocket): Connection {
  if (socket instanceof RelaySocket && socket.connection !== null) return socket.connection
  throw new Error('connection: a socket of nobody')
}

/** ws names what it refused in the error's code. */
function reasonOf(error: Error): DropReason {
  const code = 'code' in error ? String(error.code) : ''
  return code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'oversized' : 'protocol'
}
