import type { Connection } from './connection.ts'

/**
 * Every open connection. Each is pinged once in `heartbeat` ms, and dropped when it has not answered within
 * `patience` ms. They take turns, so that thousands of pings do not fall into one moment.
 */
export class Roster {
  readonly #shifts: Set<Connection>[]
  readonly #timer: NodeJS.Timeout
  #turn = 0

  constructor(heartbeat: number, patience: number) {
    this.#shifts = Array.from({ length: Math.max(1, Math.round(heartbeat / patience)) }, () => new Set())
    this.#timer = setInterval(() => this.#tick(), patience)
    this.#timer.unref()
  }

  get size(): number {
    return this.#shifts.reduce((size, shift) => size + shift.size, 0)
  }

  add(connection: Connection): void {
    this.#shift.add(connection)
  }

  delete(connection: Connection): void {
    for (const shift of this.#shifts) if (shift.delete(connection)) return
  }

  *[Symbol.iterator](): Iterator<Connection> {
    for (const shift of this.#shifts) yield* shift
  }

  /** Ends the heartbeat. */
  close(): void {
    clearInterval(this.#timer)
  }

  get #shift(): Set<Connection> {
    const shift = this.#shifts[this.#turn]
    if (!shift) throw new Error(`roster: no shift ${this.#turn}`)
    return shift
  }

  /** Drops whoever of the shift pinged last stayed silent, and pings the next. */
  #tick(): void {
    for (const connection of this.#shift) connection.expectAnswer()
    this.#turn = (this.#turn + 1) % this.#shifts.length
    for (const connection of this.#shift) connection.ping()
  }
}
