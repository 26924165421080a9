import type { Bus, BusMessage } from './bus.ts'
import { Network } from './network.ts'
import type { ServerMessage } from './protocol.ts'
import { textFrame } from './text-frame.ts'
import type { Turns } from './turns.ts'

/** Who listens to topics. The hub keeps `topics`; `deliver` must neither throw nor call the hub back. */
export interface Subscriber {
  readonly topics: Set<string>
  readonly network: Network
  /** Sends a WebSocket frame. */
  deliver(frame: Buffer): void
}

/** Limits on who may listen. */
export interface HubLimits {
  /** Topics that anybody listens to at once. */
  topics: number
  /** Subscribers of one network that a topic may have. */
  subscribersPerAddress: number
  subscriptionsPerAddress: number
}

/** What was sent: frames, and bytes in them. */
export interface Sent {
  frames: number
  bytes: number
}

/** What is known of a topic with subscribers here. */
interface Topic {
  readonly subscribers: Set<Subscriber>
  /** How many subscribers each network has; null while there are too few for it to matter. */
  networks: Map<Network, number> | null
  /** How many subscribers other relays had when they last spoke of the topic; null as long as none has. */
  elsewhere: Map<string, Headcount> | null
}

interface Headcount {
  clients: number
  at: number
}

const NOTHING: Sent = { frames: 0, bytes: 0 }

/** For how long a relay's word on how many subscribers it has is believed, in milliseconds, and of how many relays. */
const BELIEF = 10 * 60_000
const RELAYS = 64

/** Tokens for a frame that is sent, and how many bytes cost one more; what the network adds to a frame is counted with it. */
const FRAME_COST = 1 / 4
const SENT_BYTES = 64 * 1024
const FRAME_OVERHEAD = 64

/** What sending costs. */
export const costOf = ({ frames, bytes }: Sent): number =>
  frames * (FRAME_COST + FRAME_OVERHEAD / SENT_BYTES) + bytes / SENT_BYTES

/** Departures of one network that wait to be told; those who stay find out by themselves about more. */
const LEAVES = 4_096

/** Messages of one other relay that wait, and what one may have us send. */
const HEARD = 4_096
const OTHER_RELAY = {
  network: { burst: 400_000, rate: 40_000 },
  openings: { burst: 1, rate: 1 },
  requests: { burst: 1, rate: 1 },
}

/** Who listens to which topic, here and, over the bus, at other relays. */
export class Hub {
  readonly #bus: Bus
  readonly #turns: Turns
  readonly #limits: HubLimits
  readonly #topics = new Map<string, Topic>()
  readonly #relays = new Map<string, Network>()
  #subscriptions = 0

  constructor(bus: Bus, turns: Turns, limits: HubLimits) {
    this.#bus = bus
    this.#turns = turns
    this.#limits = limits
  }

  /** How many topics have a subscriber here. */
  get topics(): number {
    return this.#topics.size
  }

  /** How many pairs of subscriber and topic there are here. */
  get subscriptions(): number {
    return this.#subscriptions
  }

  /** False when too many listen already: to the topic from that network, from the network, or in all. */
  subscribe(subscriber: Subscriber, topic: string): boolean {
    if (subscriber.topics.has(topic)) return true
    const { network } = subscriber
    const known = this.#topics.get(topic)
    if (network.subscriptions >= this.#limits.subscriptionsPerAddress) return false
    if (known ? this.#isCrowded(known, network) : this.#topics.size >= this.#limits.topics) return false
    subscriber.topics.add(topic)
    this.#subscriptions++
    network.subscriptions++
    if (known) {
      known.subscribers.add(subscriber)
      known.networks?.set(network, (known.networks.get(network) ?? 0) + 1)
    } else {
      this.#topics.set(topic, { subscribers: new Set([subscriber]), networks: null, elsewhere: null })
      this.#bus.listen(topic)
    }
    return true
  }

  /** Ends a subscription, and has those who stay told soon. Returns how many they are. */
  unsubscribe(subscriber: Subscriber, topic: string): number {
    const staying = this.#forget(subscriber, topic)
    const { network } = subscriber
    if (staying === null || network.leaves.has(topic) || network.leaves.size >= LEAVES) return 0
    network.leaves.add(topic)
    this.#turns.add(network, { work: () => this.#tellLeave(network, topic) })
    return staying.size
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

  /**
   * Passes data on to every subscriber of the topic, the publisher included if it is one, as y-webrtc's own server does.
   * Returns what was sent, with what other relays are known to send in turn.
   */
  publish(topic: string, data: unknown): Sent {
    const known = this.#topics.get(topic)
    this.#bus.tell(topic, { type: 'publish', data, clients: known?.subscribers.size ?? 0 })
    const sent = known ? this.#deliverData(topic, known, data) : NOTHING
    if (this.#bus.state !== 'connected') return sent
    return { frames: sent.frames + 1 + (known ? elsewhereOf(known) : 0), bytes: sent.bytes }
  }

  /** Passes on what another relay says, when it is that one's turn; false when too much of that waits. */
  heard(relay: string, topic: string, message: BusMessage): boolean {
    if (!this.#topics.has(topic)) return true
    const network = this.#relayAt(relay)
    if (network.tasks.length >= HEARD) return false
    if (network.tasks.length === 0 && !this.#turns.isOver) this.#pass(relay, network, topic, message)
    else this.#turns.add(network, { work: () => this.#pass(relay, network, topic, message) })
    return true
  }

  #pass(relay: string, network: Network, topic: string, message: BusMessage): void {
    const known = this.#topics.get(topic)
    if (!known) return
    note(known, relay, message.clients)
    const sent =
      message.type === 'publish'
        ? this.#deliverData(topic, known, message.data)
        : this.#deliver(known.subscribers, { type: 'leave', topic })
    network.take(costOf(sent))
  }

  /** Relays have a new name each time they start: those that were silent longest are forgotten. */
  #relayAt(relay: string): Network {
    const network = this.#relays.get(relay) ?? new Network(OTHER_RELAY)
    this.#relays.delete(relay)
    this.#relays.set(relay, network)
    const [silent] = this.#relays.keys()
    if (this.#relays.size > RELAYS && silent !== undefined) this.#relays.delete(silent)
    return network
  }

  #tellLeave(network: Network, topic: string): void {
    network.leaves.delete(topic)
    const subscribers = this.#topics.get(topic)?.subscribers ?? new Set<Subscriber>()
    this.#bus.tell(topic, { type: 'leave', clients: subscribers.size })
    network.take(1 + costOf(this.#deliver(subscribers, { type: 'leave', topic })))
  }

  #isCrowded(topic: Topic, network: Network): boolean {
    const most = this.#limits.subscribersPerAddress
    if (topic.subscribers.size < most) return false
    if (topic.networks === null) {
      topic.networks = new Map()
      for (const each of topic.subscribers)
        topic.networks.set(each.network, (topic.networks.get(each.network) ?? 0) + 1)
    }
    return (topic.networks.get(network) ?? 0) >= most
  }

  /** Ends a subscription; those who stay, or null when there was none. */
  #forget(subscriber: Subscriber, topic: string): Set<Subscriber> | null {
    subscriber.topics.delete(topic)
    const known = this.#topics.get(topic)
    if (!known?.subscribers.delete(subscriber)) return null
    const { network } = subscriber
    this.#subscriptions--
    network.subscriptions--
    const left = (known.networks?.get(network) ?? 1) - 1
    if (left > 0) known.networks?.set(network, left)
    else known.networks?.delete(network)
    if (known.subscribers.size === 0) {
      this.#topics.delete(topic)
      this.#bus.unlisten(topic)
    }
    return known.subscribers
  }

  /** `clients` counts the subscribers here, and elsewhere as far as is known: relays say how many they have with all they say. */
  #deliverData(topic: string, known: Topic, data: unknown): Sent {
    const clients = known.subscribers.size + elsewhereOf(known)
    return this.#deliver(known.subscribers, { type: 'publish', topic, data, clients })
  }

  #deliver(subscribers: Set<Subscriber>, message: ServerMessage): Sent {
    if (subscribers.size === 0) return NOTHING
    const frame = textFrame(JSON.stringify(message))
    for (const subscriber of subscribers) subscriber.deliver(frame)
    this.#turns.spend(subscribers.size)
    return { frames: subscribers.size, bytes: frame.length * subscribers.size }
  }
}

function elsewhereOf({ elsewhere }: Topic): number {
  let clients = 0
  if (elsewhere === null) return clients
  const now = Date.now()
  for (const count of elsewhere.values()) if (now - count.at < BELIEF) clients += count.clients
  return clients
}

function note(topic: Topic, relay: string, clients: number): void {
  topic.elsewhere?.delete(relay)
  if (clients === 0) return
  topic.elsewhere ??= new Map()
  topic.elsewhere.set(relay, { clients, at: Date.now() })
  const [oldest] = topic.elsewhere.keys()
  if (topic.elsewhere.size > RELAYS && oldest !== undefined) topic.elsewhere.delete(oldest)
}
