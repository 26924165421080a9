import { TokenBucket, type Allowance } from './limits.ts'

/** Limits on what all connections of one network may do together: an IPv4 address, or the /64 of an IPv6 address. */
export interface NetworkLimits {
  /** Its allowance, in the same tokens as a connection's. */
  network: Allowance
  /** Connections it may hold, of any kind; behind a proxy, WebSockets. */
  connectionsPerAddress: number
  /** Connections it may open. */
  openings: Allowance
  /** HTTP requests it may make. */
  requests: Allowance
  /** Topics that its connections may listen to at once, a topic counted once for each of them. */
  subscriptionsPerAddress: number
  /** Bytes that may wait for its connections, with what it costs to have them wait. */
  bufferedBytesPerAddress: number
}

/** TURN credentials that a network gets: a school may come at once; each is good for an hour. */
const CREDENTIALS: Allowance = { burst: 300, rate: 300 / 3600 }

/** Work that is done a piece at a time, between others' pieces. */
export interface Task {
  /** Does a piece. It is asked for once each time it was added. */
  work(): void
}

/** Somebody who can be kept from reading on. */
interface Member {
  halt(): void
}

/** What all connections of one network hold and owe together. */
export class Network {
  connections = 0
  subscriptions = 0
  /** Bytes that wait for its connections. */
  queuedBytes = 0
  /** Frames of its connections that wait to be obeyed. */
  waitingFrames = 0
  /** Topics of which those who stay are to be told that somebody left. Told twice is told once. */
  readonly leaves = new Set<string>()
  readonly tasks: Task[] = []
  /** Its WebSockets. */
  readonly members = new Set<Member>()
  #isHalted = false
  readonly #work: TokenBucket
  readonly #openings: TokenBucket
  readonly #requests: TokenBucket
  readonly #credentials = new TokenBucket(CREDENTIALS)

  constructor({ network, openings, requests }: Pick<NetworkLimits, 'network' | 'openings' | 'requests'>) {
    this.#work = new TokenBucket(network)
    this.#openings = new TokenBucket(openings)
    this.#requests = new TokenBucket(requests)
  }

  /** Takes what work cost, and returns for how many milliseconds to do no more of it. */
  take(cost: number): number {
    return this.#work.take(cost)
  }

  /**
   * While it owes, nothing more is read from any of its connections: what many of them send at once would be dealt with
   * at once. Whoever waits for the network's turn then reads on.
   */
  get isHalted(): boolean {
    return this.#isHalted
  }

  halt(): void {
    if (this.#isHalted) return
    this.#isHalted = true
    for (const member of this.members) member.halt()
  }

  goOn(): void {
    this.#isHalted = false
  }

  /** Whether it may open one more connection now. */
  mayOpen(): boolean {
    return this.#openings.spend()
  }

  /** Whether it may ask for one more page now. */
  mayAsk(): boolean {
    return this.#requests.spend()
  }

  /** Whether it may have one more pair of TURN credentials now. */
  mayHaveCredentials(): boolean {
    return this.#credentials.spend()
  }

  /** Whether forgetting it would change nothing but what it owes. */
  get isIdle(): boolean {
    return this.connections === 0 && this.tasks.length === 0
  }
}

/** Networks remembered that have nothing open: those that came last. What they owe is remembered with them. */
const IDLE = 10_000

/** How many to look at for one to forget. */
const LOOKS = 8

/** The networks that something came from. */
export class Networks {
  readonly #limits: NetworkLimits
  readonly #networks = new Map<string, Network>()

  constructor(limits: NetworkLimits) {
    this.#limits = limits
  }

  at(name: string): Network {
    const known = this.#networks.get(name)
    if (known) return known
    const network = new Network(this.#limits)
    this.#networks.set(name, network)
    if (this.#networks.size > IDLE) this.#forgetSome()
    return network
  }

  /** Counts a connection to its network; null when that holds all it may, or opens them too fast. */
  admit(name: string): Network | null {
    const network = this.at(name)
    if (network.connections >= this.#limits.connectionsPerAddress || !network.mayOpen()) return null
    network.connections++
    return network
  }

  /** A Map keeps the order in which its keys were set: whoever is looked at in vain is looked at last the next time. */
  #forgetSome(): void {
    let looks = 0
    for (const [name, network] of this.#networks) {
      if (looks++ >= LOOKS) return
      this.#networks.delete(name)
      if (!network.isIdle) this.#networks.set(name, network)
    }
  }
}
