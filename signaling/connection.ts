import type { Duplex } from 'node:stream'
import { WebSocket, type RawData } from 'ws'
import type { Batch } from './batch.ts'
import type { Hub, Subscriber } from './hub.ts'
import { TokenBucket, type Allowance } from './limits.ts'
import { parseClientMessage, type ClientMessage } from './protocol.ts'

/**
 * Limits on what one connection may do. Its allowance is in tokens: a frame costs 1, and 1 for each 4 KiB of it, and
 * 1 for each 64 KiB it makes the relay send.
 */
export interface ConnectionLimits extends Allowance {
  /** Topics it may listen to at once. */
  topicsPerConnection: number
  /** Characters in a topic's name. */
  topicLength: number
  /** Bytes waiting to be sent to a slow reader before it is dropped. */
  bufferedBytes: number
  /** Frames that make no sense before it is dropped. */
  strikes: number
}

/** Why something of a connection was dropped: a frame, or the connection itself. */
export type DropReason = 'malformed' | 'binary' | 'topics' | 'protocol' | 'oversized' | 'throttled' | 'slow' | 'silent'

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
  readonly limits: ConnectionLimits
  readonly traffic: Traffic
  readonly batch: Batch
  /** Told of everything that is dropped. */
  dropped(reason: DropReason): void
  /** Told once of each connection that is gone. */
  gone(connection: Connection): void
}

const PONG = Buffer.from('{"type":"pong"}')
const READ_BYTES = 4 * 1024
const SENT_BYTES = 64 * 1024

/** RFC 6455, section 7.4.1. */
const POLICY_VIOLATION = 1008

/** A WebSocket that knows whose it is, so that all can share their listeners. */
export class RelaySocket extends WebSocket {
  connection: Connection | null = null
}

/** One browser's WebSocket. Small: a relay holds thousands. */
export class Connection implements Subscriber {
  readonly topics = new Set<string>()
  readonly #socket: RelaySocket
  readonly #stream: Duplex
  readonly #relay: Surroundings
  readonly #bucket: TokenBucket
  #strikes = 0
  #answered = true
  #rest: NodeJS.Timeout | null = null

  /** The socket, and the stream that it writes to. */
  constructor(socket: RelaySocket, stream: Duplex, relay: Surroundings) {
    this.#socket = socket
    this.#stream = stream
    this.#relay = relay
    this.#bucket = new TokenBucket(relay.limits)
    socket.connection = this
    socket.on('message', Connection.#onMessage)
    socket.on('ping', Connection.#onPing)
    socket.on('pong', Connection.#onPong)
    socket.on('error', Connection.#onError)
    socket.on('close', Connection.#onClose)
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
    connection.#relay.gone(connection)
  }

  /** Sends a text frame; a reader that lets too much pile up is dropped. */
  deliver(frame: Buffer): void {
    const socket = this.#socket
    if (socket.readyState !== socket.OPEN) return
    this.#relay.batch.hold(this.#stream)
    socket.send(frame, { binary: false })
    this.#relay.traffic.messagesOut++
    this.#relay.traffic.bytesOut += frame.length
    if (socket.bufferedAmount > this.#relay.limits.bufferedBytes) this.drop('slow')
  }

  /** Asks for a sign of life. */
  ping(): void {
    this.#answered = false
    this.#socket.ping()
  }

  /** Drops the connection unless there was a sign of life since the last `ping`. One that rests cannot give one. */
  expectAnswer(): void {
    if (!this.#answered && this.#rest === null) this.drop('silent')
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

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    // ws hands over one Buffer unless told otherwise.
    const bytes = data as Buffer
    this.#relay.traffic.messagesIn++
    this.#relay.traffic.bytesIn += bytes.length
    const message = isBinary ? null : parseClientMessage(bytes.toString())
    if (message === null) this.#strike(isBinary ? 'binary' : 'malformed')
    this.#pay(bytes.length, message === null ? 0 : this.#obey(message))
  }

  /** Does what the message asks for; returns how many bytes that sent. */
  #obey(message: ClientMessage): number {
    switch (message.type) {
      case 'subscribe':
        this.#subscribe(message.topics)
        return 0
      case 'unsubscribe':
        return message.topics.reduce((sent, topic) => sent + this.#relay.hub.unsubscribe(this, topic), 0)
      case 'publish':
        return this.#relay.hub.publish(message.topic, message.data)
      case 'ping':
        this.deliver(PONG)
        return PONG.length
    }
  }

  #subscribe(topics: string[]): void {
    const { topicLength, topicsPerConnection } = this.#relay.limits
    for (const topic of topics) {
      const fits = topic.length <= topicLength && (this.topics.size < topicsPerConnection || this.topics.has(topic))
      if (!fits) return this.#strike('topics')
      this.#relay.hub.subscribe(this, topic)
    }
  }

  #answerPing(data: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#socket.pong(data)
    this.#pay(data.length, data.length)
    if (this.#socket.bufferedAmount > this.#relay.limits.bufferedBytes) this.drop('slow')
  }

  /** A frame that makes no sense. It costs its sender, who after a few is told so and not listened to any more. */
  #strike(reason: DropReason): void {
    this.#relay.dropped(reason)
    if (++this.#strikes < this.#relay.limits.strikes) return
    void this.close(POLICY_VIOLATION, 'too many senseless frames')
    this.#socket.pause()
  }

  /** Takes what a frame cost from the sender's allowance. One that overdraws it is not read from for a while. */
  #pay(read: number, sent: number): void {
    this.#answered = true
    const rest = this.#bucket.take(1 + read / READ_BYTES + sent / SENT_BYTES)
    if (rest === 0 || this.#rest !== null || this.#socket.readyState !== this.#socket.OPEN) return
    this.#relay.dropped('throttled')
    this.#socket.pause()
    this.#rest = setTimeout(() => this.#resume(), rest)
  }

  #resume(): void {
    this.#rest = null
    const rest = this.#bucket.take(0)
    if (rest > 0) this.#rest = setTimeout(() => this.#resume(), rest)
    else this.#socket.resume()
  }

  #forget(quietly = false): void {
    if (this.#rest !== null) {
      clearTimeout(this.#rest)
      this.#rest = null
      this.#socket.resume()
    }
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
