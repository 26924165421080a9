/** What the network did, counted: for diagnostics, tests and benchmarks. */
export interface Traffic {
  /** Our own messages, once for every link. */
  sent: number
  /** Others' messages that we passed on. */
  forwarded: number
  received: number
  /** Others' messages that needed no passing on, once for every link. */
  suppressed: number
}

export interface Counts {
  /** Document updates. */
  document: Traffic
  /** Presence. */
  awareness: Traffic
  /** Comparisons of copies: answers given and requests made for what was missing; `deferred`: updates too large to pass on. */
  sync: { compared: number; asked: number; answered: number; deferred: number }
  frames: { sent: number; received: number }
  bytes: { sent: number; received: number }
  /** Connections begun, by either side. */
  connections: number
  /** What was dropped, by reason. */
  dropped: Record<string, number>
}

const traffic = (): Traffic => ({ sent: 0, forwarded: 0, received: 0, suppressed: 0 })

export function newCounts(): Counts {
  return {
    document: traffic(),
    awareness: traffic(),
    sync: { compared: 0, asked: 0, answered: 0, deferred: 0 },
    frames: { sent: 0, received: 0 },
    bytes: { sent: 0, received: 0 },
    connections: 0,
    dropped: {},
  }
}

export function countDrop(counts: Counts, reason: string): void {
  counts.dropped[reason] = (counts.dropped[reason] ?? 0) + 1
}
