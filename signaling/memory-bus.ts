import { randomUUID } from 'node:crypto'
import type { Bus, BusListener, BusMessage, BusState } from './bus.ts'

/** The bus within one process. Those made with the same set share rooms; one made without is a relay on its own. */
export class MemoryBus implements Bus {
  readonly trouble = null
  readonly #all: Set<MemoryBus>
  readonly #name = randomUUID()
  readonly #topics = new Set<string>()
  #listener: BusListener | null = null

  constructor(all = new Set<MemoryBus>()) {
    this.#all = all
  }

  get state(): BusState {
    return this.#all.size > 1 ? 'connected' : 'alone'
  }

  open(listener: BusListener): Promise<void> {
    this.#listener = listener
    this.#all.add(this)
    return Promise.resolve()
  }

  listen(topic: string): void {
    this.#topics.add(topic)
  }

  unlisten(topic: string): void {
    this.#topics.delete(topic)
  }

  tell(topic: string, message: BusMessage): void {
    for (const bus of this.#all) {
      if (bus !== this && bus.#topics.has(topic)) bus.#listener?.heard(this.#name, topic, message)
    }
  }

  close(): Promise<void> {
    this.#all.delete(this)
    this.#listener = null
    return Promise.resolve()
  }
}
