import type { Network, Task } from './network.ts'

/** Frames that are sent before others get their turn. */
const SLICE = 1_000

/**
 * Shares the relay's time among networks. What would keep others waiting is put off: networks take turns, a piece each,
 * and after some of it whatever arrived meanwhile is read. A network that owes waits until it does not.
 */
export class Turns {
  readonly #waiting = new Set<Network>()
  readonly #resting = new Map<Network, NodeJS.Timeout>()
  #next: NodeJS.Immediate | null = null
  #sent = 0

  /** Whether so much has been done since something was read that more has to wait. */
  get isOver(): boolean {
    return this.#sent >= SLICE
  }

  /** Counts frames sent. */
  spend(frames: number): void {
    this.#sent += frames
    this.#next ??= setImmediate(this.#run)
  }

  /** Has the task do a piece when it is its network's turn. */
  add(network: Network, task: Task): void {
    network.tasks.push(task)
    if (this.#resting.has(network)) return
    this.#waiting.add(network)
    this.#next ??= setImmediate(this.#run)
  }

  /** Forgets all that waits. */
  close(): void {
    if (this.#next !== null) clearImmediate(this.#next)
    for (const timer of this.#resting.values()) clearTimeout(timer)
    this.#resting.clear()
    this.#waiting.clear()
  }

  readonly #run = (): void => {
    this.#next = null
    this.#sent = 0
    // A Set goes on to what is added meanwhile: networks take turns until the time is over.
    for (const network of this.#waiting) {
      if (this.isOver) break
      this.#waiting.delete(network)
      const rest = network.take(0)
      if (rest > 0) this.#rest(network, rest)
      else {
        network.goOn()
        network.tasks.shift()?.work()
        this.#sent++
        if (network.tasks.length > 0) this.#waiting.add(network)
      }
    }
    if (this.#waiting.size > 0) this.#next ??= setImmediate(this.#run)
  }

  #rest(network: Network, rest: number): void {
    const wake = (): void => {
      this.#resting.delete(network)
      this.#waiting.add(network)
      this.#next ??= setImmediate(this.#run)
    }
    this.#resting.set(network, setTimeout(wake, Math.ceil(rest)))
  }
}
