/** Forged updates from people who hold an edit link, each on a link of its own. */
import { expect } from '@playwright/test'
import { ATTACKS } from './forged-updates.ts'
import type { Crowd } from './net-harness/crowd.ts'
import type { Person } from './person.ts'

/** With two who write, a room in which each is linked with each. */
const AT_ONCE = 8
const PATIENCE = { timeout: 30_000, intervals: [50] }

/** It may be about something that is yet to come, and waits. */
const WAITS = 'deletions of what nobody wrote'

/** How many updates have been refused so far. */
const refused = (person: Person): Promise<number> =>
  person.page.evaluate(() => window.inkmesh?.room?.diagnostics().dropped['bad-update'] ?? 0)

/**
 * So many come, a few at a time, each with a fresh device and one update of each kind of attack in turn, and leave. Asserts
 * that everybody of those who write refuses each; `between` is called with how many have come so far.
 */
export async function attackWithUpdates(
  crowd: Crowd,
  link: string,
  writers: readonly Person[],
  count: number,
  between: (come: number) => Promise<void>,
): Promise<void> {
  const kinds = Object.entries(ATTACKS)
  const attacks = Array.from({ length: Math.ceil(count / kinds.length) }, () => kinds).flat()
  let [come, bad] = [0, 0]
  while (come < count) {
    const forgeries = attacks.slice(come, Math.min(come + AT_ONCE, count))
    come += forgeries.length
    await crowd.join(forgeries.length, link)
    const links = async (): Promise<number> => Math.min(...(await crowd.reports()).map((report) => report.links))
    await expect.poll(links, PATIENCE).toBe(forgeries.length - 1 + writers.length)
    for (const [peer, [, forge]] of forgeries.entries()) await crowd.say(peer, forge())
    bad += forgeries.filter(([name]) => name !== WAITS).length
    for (const person of writers) await expect.poll(() => refused(person), PATIENCE).toBe(bad)
    await between(come)
    await crowd.leave()
    for (const person of writers) await person.meets(writers.length - 1)
  }
}
