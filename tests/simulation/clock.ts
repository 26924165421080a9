/**
 * Time and chance of a simulation: timers run in order as fast as they can, and the same seed gives the same run. To be
 * imported before anything that keeps `Date.now` for itself, as lib0 does.
 */
import { seeded, type Random } from '../support/random.ts'

interface Timer {
  at: number
  /** Of two timers at the same moment, the one that was set first. */
  turn: number
  action: (() => void) | null
  /** For intervals. */
  every: number | null
}

const real = {
  now: Date.now,
  random: Math.random,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
}

/** What the running clock shows, or null. */
let shown: (() => number) | null = null

Date.now = () => (shown === null ? real.now() : shown())

/** A clock of its own, in the place of the world's until `stop`. */
export class Clock {
  readonly random: Random
  /** Milliseconds since the epoch. */
  now = Date.UTC(2026, 0, 1)
  readonly #heap: Timer[] = []
  readonly #timers = new Map<number, Timer>()
  #turns = 0

  constructor(seed: number) {
    if (shown !== null) throw new Error('Another clock runs')
    shown = () => this.now
    this.random = seeded(seed)
    Math.random = () => this.random.below(2 ** 32) / 2 ** 32
    const set = (every: boolean) => (action: () => void, delay?: number) =>
      this.#set(action, Math.max(0, delay ?? 0), every ? Math.max(1, delay ?? 0) : null)
    const clear = (turn: unknown) => {
      if (typeof turn === 'number') this.#clear(turn)
    }
    Object.assign(globalThis, {
      setTimeout: set(false),
      setInterval: set(true),
      clearTimeout: clear,
      clearInterval: clear,
    })
  }

  after(delay: number, action: () => void): void {
    this.#set(action, delay, null)
  }

  /** Runs all that is due within `duration` milliseconds. */
  pass(duration: number): void {
    const until = this.now + duration
    for (let timer = this.#heap[0]; timer !== undefined && timer.at <= until; timer = this.#heap[0]) {
      this.#pop()
      const { action, every, turn } = timer
      if (action === null) continue
      this.now = timer.at
      if (every === null) this.#timers.delete(turn)
      else this.#push({ ...timer, at: timer.at + every })
      action()
    }
    this.now = until
  }

  /** Lets time go by, in steps, until something holds; gives how long that took. Throws when it does not within `most`. */
  passUntil(holds: () => boolean, most: number, step = 100): number {
    const began = this.now
    while (!holds()) {
      if (this.now - began >= most) throw new Error(`Not within ${most} ms`)
      this.pass(step)
    }
    return this.now - began
  }

  /** Gives the world its own time and chance back. */
  stop(): void {
    shown = null
    Math.random = real.random
    Object.assign(globalThis, {
      setTimeout: real.setTimeout,
      setInterval: real.setInterval,
      clearTimeout: real.clearTimeout,
      clearInterval: real.clearInterval,
    })
  }

  #set(action: () => void, delay: number, every: number | null): number {
    const turn = ++this.#turns
    this.#push({ at: this.now + delay, turn, action, every })
    return turn
  }

  #clear(turn: number): void {
    const timer = this.#timers.get(turn)
    if (timer === undefined) return
    timer.action = null
    this.#timers.delete(turn)
  }

  #push(timer: Timer): void {
    this.#timers.set(timer.turn, timer)
    const heap = this.#heap
    let i = heap.length
    heap.push(timer)
    while (i > 0) {
      const up = (i - 1) >> 1
      const parent = heap[up]
      if (parent === undefined || isBefore(parent, timer)) break
      heap[i] = parent
      i = up
    }
    heap[i] = timer
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let i = 0
    for (;;) {
      const left = 2 * i + 1
      const [a, b] = [heap[left], heap[left + 1]]
      if (a === undefined) break
      const isRight = b !== undefined && isBefore(b, a)
      const child = isRight ? b : a
      if (isBefore(last, child)) break
      heap[i] = child
      i = isRight ? left + 1 : left
    }
    heap[i] = last
  }
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.turn < b.turn)
