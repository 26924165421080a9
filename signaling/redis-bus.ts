import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { parseBusMessage, writeBusMessage, type Bus, type BusListener, type BusMessage, type BusState } from './bus.ts'

/** Times in milliseconds. */
export interface RedisTiming {
  /** How long connecting may take. */
  patience: number
  /** How often Redis must give a sign of life. */
  heartbeat: number
  /** How long to wait before connecting again, at first, and at most. Doubles each time in between, more or less. */
  firstRetry: number
  lastRetry: number
}

const defaultTiming: RedisTiming = { patience: 5_000, heartbeat: 5_000, firstRetry: 200, lastRetry: 5_000 }

/** Bytes on their way to Redis, beyond which more is dropped. */
const WAITING_BYTES = 64 * 1024 * 1024

/** Longest message of a relay, in UTF-16 units. The longest a browser may send, written anew, can grow a few times. */
const MESSAGE_LENGTH = 1024 * 1024

/**
 * The bus over the pub/sub of a Redis (6 or newer: it speaks RESP3). A channel is `inkmesh:` and the SHA-256 of a topic,
 * so that whoever watches Redis learns no topic that they could listen to; nothing is stored there. While Redis cannot be
 * reached the state is `lost`; it is tried again until it can.
 */
export class RedisBus implements Bus {
  readonly #url: string
  readonly #timing: RedisTiming
  readonly #name = randomUUID()
  readonly #topics = new Map<string, string>()
  readonly #closing = new AbortController()
  #listener: BusListener | null = null
  #state: BusState = 'lost'
  #trouble: string | null = null
  #client: Client | null = null
  #waitingBytes = 0
  #running: Promise<void> = Promise.resolve()

  /** Throws when the URL is none of a Redis. */
  constructor(url: string, timing: Partial<RedisTiming> = {}) {
    if (!URL.canParse(url) || !/^rediss?:$/u.test(new URL(url).protocol)) {
      throw new TypeError('not the URL of a Redis')
    }
    this.#url = url
    this.#timing = { ...defaultTiming, ...timing }
  }

  get state(): BusState {
    return this.#state
  }

  get trouble(): string | null {
    return this.#trouble
  }

  open(listener: BusListener): Promise<void> {
    this.#listener = listener
    return new Promise((tried) => {
      this.#running = this.#run(tried)
    })
  }

  listen(topic: string): void {
    const channel = channelOf(topic)
    this.#topics.set(channel, topic)
    const client = this.#client
    // A Redis that does not let us listen is of no use.
    if (client !== null) this.#subscribe(client, [channel]).catch(() => client.destroy())
  }

  unlisten(topic: string): void {
    const channel = channelOf(topic)
    this.#topics.delete(channel)
    const client = this.#client
    client?.unsubscribe(channel, this.#hear).catch(() => client.destroy())
  }

  tell(topic: string, message: BusMessage): void {
    const text = writeBusMessage(this.#name, message)
    if (this.#client === null || this.#waitingBytes > WAITING_BYTES) {
      this.#listener?.dropped('untold')
      return
    }
    this.#waitingBytes += text.length
    this.#client
      .publish(channelOf(topic), text)
      .catch(() => this.#listener?.dropped('untold'))
      .finally(() => {
        this.#waitingBytes -= text.length
      })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
    this.#listener = null
  }

  /** Connects, again and again, until the bus is closed. */
  async #run(tried: () => void): Promise<void> {
    const { signal } = this.#closing
    const { firstRetry, lastRetry } = this.#timing
    for (let failures = 0; !signal.aborted; failures++) {
      if (await this.#serve(tried)) failures = 0
      tried()
      const wait = Math.min(lastRetry, firstRetry * 2 ** failures) * (0.5 + Math.random() / 2)
      await sleep(wait, undefined, { signal }).catch(() => signal.aborted)
    }
  }

  /** One connection from its beginning to its end; whether it was of use in between. */
  async #serve(begun: () => void): Promise<boolean> {
    const client = connectionTo(this.#url, this.#timing.patience)
    const lost = whenLost(client, this.#closing.signal, this.#timing)
    const ready = client.connect().then(async () => {
      // Topics that come and go from here on are told to this client: it obeys in order.
      this.#client = client
      await this.#subscribe(client, [...this.#topics.keys()])
    })
    const trouble = await Promise.race([ready.then(() => null, wordsFor), lost])
    if (trouble === null) {
      this.#become('connected')
      begun()
    }
    this.#trouble = trouble ?? (await lost)
    this.#client = null
    client.destroy()
    this.#become('lost')
    return trouble === null
  }

  async #subscribe(client: Client, channels: string[]): Promise<void> {
    if (channels.length > 0) await client.subscribe(channels, this.#hear)
  }

  #become(state: BusState): void {
    if (state === this.#state) return
    this.#state = state
    if (!this.#closing.signal.aborted) this.#listener?.changed(state)
  }

  /** Anybody who reaches Redis may have written this. */
  readonly #hear = (text: string, channel: string): void => {
    const heard = text.length <= MESSAGE_LENGTH ? parseBusMessage(text) : null
    const topic = this.#topics.get(channel)
    if (heard === null) this.#listener?.dropped('unheard')
    else if (topic !== undefined && heard.relay !== this.#name) {
      this.#listener?.heard(heard.relay, topic, heard.message)
    }
  }
}

type Client = ReturnType<typeof connectionTo>

/** A connection that is made once: making a new one is up to the bus, which then knows what that one has been told. */
const connectionTo = (url: string, patience: number) =>
  createClient({
    url,
    RESP: 3,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: { reconnectStrategy: false, connectTimeout: patience },
  })

/**
 * Resolves when the connection ends or fails, is not ready in time, leaves a ping unanswered until the next is due, or is
 * not wanted any more; to which of these it was.
 */
function whenLost(client: Client, unwanted: AbortSignal, { patience, heartbeat }: RedisTiming): Promise<string> {
  return new Promise((resolve) => {
    let answered = true
    const lose = (why: string): void => {
      clearTimeout(tooLate)
      clearInterval(pulse)
      unwanted.removeEventListener('abort', giveUp)
      resolve(why)
    }
    const tooLate = setTimeout(() => {
      if (!client.isReady) lose('no answer')
    }, patience)
    const pulse = setInterval(() => {
      if (!answered) return lose('no answer')
      if (!client.isReady) return
      answered = false
      client.ping().then(
        () => {
          answered = true
        },
        (error: unknown) => lose(wordsFor(error)),
      )
    }, heartbeat)
    const giveUp = (): void => lose('closed')
    client.on('error', (error: unknown) => lose(wordsFor(error)))
    client.on('end', giveUp)
    unwanted.addEventListener('abort', giveUp)
  })
}

/** The system's code, or Redis' own words. */
function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? String(error.code) : error.message
}

const channelOf = (topic: string): string => `inkmesh:${createHash('sha256').update(topic).digest('base64url')}`
