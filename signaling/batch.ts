import type { Duplex } from 'node:stream'

/** Bytes that wait for one socket, beyond which they wait no longer. */
const ENOUGH = 64 * 1024

/**
 * Holds back what is written to sockets until all that arrived together has been dealt with, so that several frames for
 * one browser leave in one piece: under load that is most of what a relay does.
 */
export class Batch {
  #held: Duplex[] = []

  /** To be called before each write to the socket. */
  hold(socket: Duplex): void {
    if (socket.writableLength > ENOUGH) socket.uncork()
    if (socket.writableCorked > 0) return
    socket.cork()
    if (this.#held.push(socket) === 1) setImmediate(this.#release)
  }

  readonly #release = (): void => {
    const held = this.#held
    this.#held = []
    for (const socket of held) socket.uncork()
  }
}
