/**
 * What the two ends of a connection agree on: perfect negotiation (W3C WebRTC 1.0, section 10.7) over any number of ways.
 *
 * A first offer and ICE restarts go through the relay, all else over the connection's own data channel, so an offer may
 * arrive long after a later one, or twice. Therefore offers are numbered on each side, and each says which was the last of
 * the other side that its maker had answered: whoever has made a later one knows that the two have crossed. Then the
 * impolite side's counts, and the polite side takes its own back.
 *
 * Over the channel they need not cross: the polite side asks for its turn, and meanwhile the impolite one offers nothing.
 * Chromium refuses an offer that numbers RTP extensions otherwise than one that it has taken back, and Firefox's do.
 */

import { withoutCollisions } from './header-extensions.ts'

/** An offer, or the answer to the offer of that number. */
export interface Description {
  is: 'offer' | 'answer'
  number: number
  seen: number
  sdp: string
}

/** How a description reaches the other side. */
export type Way = 'relay' | 'channel'

interface NegotiationOptions {
  connection: RTCPeerConnection
  isPolite: boolean
  /** To be told to the other side. An answer takes the way that the offer came. */
  say: (description: Description, way: Way) => void
  /** To be told over the channel: asks for the polite side's turn, or gives it. */
  sayTurn: () => void
}

export class Negotiation {
  readonly #connection: RTCPeerConnection
  readonly #isPolite: boolean
  readonly #say: NegotiationOptions['say']
  readonly #sayTurn: NegotiationOptions['sayTurn']
  /** Something is to be offered over the channel. */
  #isNeeded = false
  /** The polite side's, until it has offered. */
  #turn: 'none' | 'asked' | 'given' = 'none'
  /** Our last offer, and the last one of the other side that we have answered. */
  #number = 0
  #seen = 0
  /** One step after the other: what is made in one must not be set in another. */
  #steps: Promise<unknown> = Promise.resolve()

  constructor({ connection, isPolite, say, sayTurn }: NegotiationOptions) {
    this.#connection = connection
    this.#isPolite = isPolite
    this.#say = say
    this.#sayTurn = sayTurn
  }

  /** Offers through the relay, at once, what the connection is to carry now. */
  offer(): Promise<void> {
    return this.#step(() => this.#offer('relay'))
  }

  /** Offers it over the channel, as soon as it is this side's turn. */
  need(): Promise<void> {
    this.#isNeeded = true
    return this.#step(() => this.#advance())
  }

  /** The other side has said whose turn it is. */
  takeTurn(): Promise<void> {
    this.#turn = this.#isPolite ? 'given' : 'asked'
    return this.#step(() => this.#advance())
  }

  /** Takes what the other side says. False when it is old, or gives way to an offer of ours. Rejects as the browser does. */
  take(description: Description, way: Way): Promise<boolean> {
    return this.#step(async () => {
      if (description.is === 'offer' && !this.#isPolite) this.#turn = 'none'
      const isTaken = await this.#take(description, way)
      await this.#advance()
      return isTaken
    })
  }

  async #take({ is, number, seen, sdp }: Description, way: Way): Promise<boolean> {
    if (is === 'answer') {
      if (number !== this.#number || this.#connection.signalingState !== 'have-local-offer') return false
      await this.#connection.setRemoteDescription({ type: is, sdp })
      return true
    }
    const hasCrossed = seen < this.#number
    if (number <= this.#seen || (hasCrossed && !this.#isPolite)) return false
    // Takes our own offer back, when one is pending.
    await this.#connection.setRemoteDescription({ type: is, sdp })
    this.#seen = number
    await this.#connection.setLocalDescription()
    this.#tell('answer', number, way)
    return true
  }

  async #offer(way: Way): Promise<void> {
    this.#isNeeded = false
    // Chromium now and then refuses what it would offer: after an offer of Firefox it gives two RTP extensions one number.
    await this.#connection.setLocalDescription().catch(async () => {
      const { type, sdp = '' } = await this.#connection.createOffer()
      await this.#connection.setLocalDescription({ type, sdp: withoutCollisions(sdp) })
    })
    this.#number++
    this.#tell('offer', this.#number, way)
  }

  async #advance(): Promise<void> {
    if (this.#isPolite) {
      if (this.#turn === 'given') {
        this.#turn = 'none'
        await this.#offer('channel')
      } else if (this.#turn === 'none' && this.#isNeeded) {
        this.#turn = 'asked'
        this.#sayTurn()
      }
    } else if (this.#connection.signalingState === 'stable') {
      if (this.#turn === 'asked') {
        this.#turn = 'given'
        this.#sayTurn()
      } else if (this.#turn === 'none' && this.#isNeeded) {
        await this.#offer('channel')
      }
    }
  }

  #step<T>(step: () => Promise<T>): Promise<T> {
    const taken = this.#steps.then(step)
    this.#steps = taken.catch(() => undefined)
    return taken
  }

  #tell(is: 'offer' | 'answer', number: number, way: Way): void {
    const sdp = this.#connection.localDescription?.sdp
    if (sdp !== undefined) this.#say({ is, number, seen: this.#seen, sdp }, way)
  }
}
