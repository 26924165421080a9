import type { Bus, BusMessage } from './bus.ts'
import type { ServerMessage } from './protocol.ts'

/** Who listens to topics. The hub keeps `topics`; `deliver` must neither throw nor call the hub back. */
export interface Subscriber {
  readonly topics: Set<string>
  deliver(frame: Buffer): void
}

/** What is known of a topic with subscribers here. */
interface Topic {
  readonly subscribers: Set<Subscriber>
  /** How many subscribers other relays had when they last spoke of the topic; null as long as none has. */
  elsewhere: Map<string, Headcount> | null
}

interface Headcount {
  clients: number
  at: number
}

/** For how long a relay's word on how many subscribers it has is believed, in milliseconds, and of how many relays. */
const BELIEF = 10 * 60_000
const RELAYS = 64

/**
 * Who listens to which topic, here and, over the bus, at other relays. Methods that tell subscribers something return how
 * many bytes that was in all.
 */
export class Hub {
  readonly #bus: Bus
  readonly #topics = new Map<string, Topic>()
  #subscriptions = 0

  constructor(bus: Bus) {
    this.#bus = bus
  }

  /** How many topics have a subscriber here. */
  get topics(): number {
    return this.#topics.size
  }

  /** How many pairs of subscriber and topic there are here. */
  get subscriptions(): number {
    return this.#subscriptions
  }

  subscribe(subscriber: Subscriber, topic: string): void {
    if (subscriber.topics.has(topic)) return
    subscriber.topics.add(topic)
    this.#subscriptions++
    const known = this.#topics.get(topic)
    if (known) known.subscribers.add(subscriber)
    else {
      this.#topics.set(topic, { subscribers: new Set([subscriber]), elsewhere: null })
      this.#bus.listen(topic)
    }
  }

  /** Ends a subscription and tells those who stay. */
  unsubscribe(subscriber: Subscriber, topic: string): number {
    const subscribers = this.#forget(subscriber, topic)
    if (subscribers === null) return 0
    this.#bus.tell(topic, { type: 'leave', clients: subscribers.size })
    return deliver(subscribers, { type: 'leave', topic })
  }

  /** Ends all subscriptions of a subscriber that is gone. Quietly, nobody is told: it will be back at once. */
  remove(subscriber: Subscriber, quietly = false): void {
    for (const topic of subscriber.topics) {
      if (quietly) this.#forget(subscriber, topic)
      else this.unsubscribe(subscriber, topic)
    }
  }

  /** Ends all subscriptions of everyone, telling nobody. */
  clear(): void {
    for (const topic of this.#topics.keys()) this.#bus.unlisten(topic)
    this.#topics.clear()
    this.#subscriptions = 0
  }

  /** Passes data on to every subscriber of the topic, the publisher included if it is one, as y-webrtc's own server does. */
  publish(topic: string, data: unknown): number {
    const known = this.#topics.get(topic)
    this.#bus.tell(topic, { type: 'publish', data, clients: known?.subscribers.size ?? 0 })
    return known ? deliverData(topic, known, data) : 0
  }

  /** Passes on what another relay says. */
  heard(relay: string, topic: string, message: BusMessage): void {
    const known = this.#topics.get(topic)
    if (!known) return
    note(known, relay, message.clients)
    if (message.type === 'publish') deliverData(topic, known, message.data)
    else deliver(known.subscribers, { type: 'leave', topic })
  }

  /** Ends a subscription; those who stay, or null when there was none. */
  #forget(subscriber: Subscriber, topic: string): Set<Subscriber> | null {
    subscriber.topics.delete(topic)
    const subscribers = this.#topics.get(topic)?.subscribers
    if (!subscribers?.delete(subscriber)) return null
    this.#subscriptions--
    if (subscribers.size === 0) {
      this.#topics.delete(topic)
      this.#bus.unlisten(topic)
    }
    return subscribers
  }
}

/** `clients` counts the subscribers here, and elsewhere as far as is known: relays say how many they have with all they say. */
function deliverData(topic: string, { subscribers, elsewhere }: Topic, data: unknown): number {
  let clients = subscribers.size
  const now = Date.now()
  for (const count of elsewhere?.values() ?? []) if (now - count.at < BELIEF) clients += count.clients
  return deliver(subscribers, { type: 'publish', topic, data, clients })
}

function deliver(subscribers: Set<Subscriber>, message: ServerMessage): number {
  if (subscribers.size === 0) return 0
  const frame = Buffer.from(JSON.stringify(message))
  for (const subscriber of subscribers) subscriber.deliver(frame)
  return frame.length * subscribers.size
}

function note(topic: Topic, relay: string, clients: number): void {
  topic.elsewhere?.delete(relay)
  if (clients === 0) return
  topic.elsewhere ??= new Map()
  topic.elsewhere.set(relay, { clients, at: Date.now() })
  const [oldest] = topic.elsewhere.keys()
  if (topic.elsewhere.size > RELAYS && oldest !== undefined) topic.elsewhere.delete(oldest)
}
