/** Bringing everyone to where one is: they are asked, never moved. Said by presence. Loaded when others are here. */
import type { Awareness } from 'y-protocols/awareness'

/** Who asks again within this time, ms, has been heard already. */
const PAUSE = 5000

/** How often somebody has asked. Total on any value. */
const countOf = (state: unknown): number => {
  const { lead } = Object(state) as { lead?: unknown }
  return Number.isSafeInteger(lead) ? Number(lead) : 0
}

/** Asks everyone to come. */
export function lead(awareness: Awareness): void {
  awareness.setLocalStateField('lead', countOf(awareness.getStates().get(awareness.clientID)) + 1)
}

/** Calls back when somebody asks, with their Yjs client; returns how to stop. */
export function onLead(awareness: Awareness, asked: (client: number) => void): () => void {
  const known = new Map<number, { count: number; at: number }>()
  const look = (): void => {
    const now = Date.now()
    for (const [client, state] of awareness.getStates()) {
      const count = countOf(state)
      const before = known.get(client)
      // What was asked before one came was asked of others.
      if (before !== undefined && before.count === count) continue
      const isHeard = before !== undefined && client !== awareness.clientID && now - before.at > PAUSE
      known.set(client, { count, at: isHeard ? now : (before?.at ?? 0) })
      if (isHeard) asked(client)
    }
  }
  look()
  awareness.on('change', look)
  return () => awareness.off('change', look)
}
