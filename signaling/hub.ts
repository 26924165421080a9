import type { ServerMessage } from './protocol.ts'

/** Who listens to topics. The hub keeps `topics`; `deliver` must neither throw nor call the hub back. */
export interface Subscriber {
  readonly topics: Set<string>
  deliver(frame: Buffer): void
}

/** Who listens to which topic. Methods that tell subscribers something return how many bytes that was in all. */
export class Hub {
  readonly #topics = new Map<string, Set<Subscriber>>()
  #subscriptions = 0

  /** How many topics have a subscriber. */
  get topics(): number {
    return this.#topics.size
  }

  /** How many pairs of subscriber and topic there are. */
  get subscriptions(): number {
    return this.#subscriptions
  }

  subscribe(subscriber: Subscriber, topic: string): void {
    if (subscriber.topics.has(topic)) return
    subscriber.topics.add(topic)
    this.#subscriptions++
    const subscribers = this.#topics.get(topic)
    if (subscribers) subscribers.add(subscriber)
    else this.#topics.set(topic, new Set([subscriber]))
  }

  /** Ends a subscription and tells those who stay. */
  unsubscribe(subscriber: Subscriber, topic: string): number {
    subscriber.topics.delete(topic)
    const subscribers = this.#topics.get(topic)
    if (!subscribers?.delete(subscriber)) return 0
    this.#subscriptions--
    if (subscribers.size > 0) return tell(subscribers, { type: 'leave', topic })
    this.#topics.delete(topic)
    return 0
  }

  /** Ends all subscriptions of a subscriber that is gone. */
  remove(subscriber: Subscriber): void {
    for (const topic of subscriber.topics) this.unsubscribe(subscriber, topic)
  }

  /** Ends all subscriptions of everyone, telling nobody. */
  clear(): void {
    this.#topics.clear()
    this.#subscriptions = 0
  }

  /** Passes data on to every subscriber of the topic, the publisher included if it is one, as y-webrtc's own server does. */
  publish(topic: string, data: unknown): number {
    const subscribers = this.#topics.get(topic)
    return subscribers ? tell(subscribers, { type: 'publish', topic, data, clients: subscribers.size }) : 0
  }
}

function tell(subscribers: Set<Subscriber>, message: ServerMessage): number {
  const frame = Buffer.from(JSON.stringify(message))
  for (const subscriber of subscribers) subscriber.deliver(frame)
  return frame.length * subscribers.size
}
