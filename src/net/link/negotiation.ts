/**
 * What the two ends of a connection agree on: perfect negotiation (W3C WebRTC 1.0, section 10.7) over any number of ways.
 *
 * A first offer and ICE restarts go through the relay, all else over the connection's own data channel, so an offer may
 * arrive long after a later one, or twice. Therefore offers are numbered on each side, and each says which was the last of
 * the other side that its maker had answered: whoever has made a later one knows that the two have crossed. Then the
 * impolite side's counts, and the polite side takes its own back.
 */

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
}

export class Negotiation {
  readonly #connection: RTCPeerConnection
  readonly #isPolite: boolean
  readonly #say: NegotiationOptions['say']
  /** Our last offer, and the last one of the other side that we have answered. */
  #number = 0
  #seen = 0
  /** One step after the other: what is made in one must not be set in another. */
  #steps: Promise<unknown> = Promise.resolve()

  constructor({ connection, isPolite, say }: NegotiationOptions) {
    this.#connection = connection
    this.#isPolite = isPolite
    this.#say = say
  }

  /** Offers what the connection is to carry now. */
  offer(way: Way): Promise<void> {
    return this.#step(async () => {
      await this.#connection.setLocalDescription()
      this.#number++
      this.#tell('offer', this.#number, way)
    })
  }

  /** Takes what the other side says. False when it is old, or gives way to an offer of ours. Rejects as the browser does. */
  take({ is, number, seen, sdp }: Description, way: Way): Promise<boolean> {
    return this.#step(async () => {
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
    })
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
