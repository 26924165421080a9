/** The one status sentence: what is known about saving and connection, in plain words. */
import type { Phrases } from '#i18n/phrases'
import type { Facts } from '#session/facts'
import { shorten } from './names.ts'

/** The most of a name that the status says; the list of people has all of it. */
const NAME_LENGTH = 20

export interface Status {
  /** Whether this device has it; null while that means nothing (not arrived, read by a newer build). */
  saved: string | null
  /** Where else it is: says more than `saved`, but changes with every pause in writing; null while that is not known. */
  copies: string | null
  /** To whom it is connected. */
  connection: string
  /** Figures that change often, so not for screen readers; null when there are none. */
  progress: string | null
  /** 'good': with others; 'calm': alone but well; 'away': cut off; 'trouble': something may be lost. */
  tone: 'good' | 'calm' | 'away' | 'trouble'
}

/** Says what is so. Changes of the sentences are changes of meaning, apart from `progress`. */
export function describe(facts: Facts, words: Phrases): Status {
  const w = words.status
  const progress = facts.receiving === null ? null : progressOf(facts.receiving, words)
  if (facts.newer) return { saved: null, copies: null, connection: w.newer, progress: null, tone: 'trouble' }
  const saved = facts.arrived || facts.save === 'failed' ? savedOf(facts, words) : null
  const copies =
    facts.copies === null || !facts.arrived || facts.save !== 'saved'
      ? null
      : copiesOf(facts.copies, facts.shared, words)
  const [tone, connection]: Said =
    facts.save === 'opening' && !facts.arrived
      ? ['calm', w.opening]
      : facts.receiving === null
        ? connectionOf(facts, words)
        : ['good', w.receiving]
  return { saved, copies, connection, progress, tone: facts.save === 'failed' ? 'trouble' : tone }
}

function savedOf(facts: Facts, { status: w }: Phrases): string {
  return { opening: w.opening, saving: w.saving, saved: w.saved, failed: w.notSaved }[facts.save]
}

/** Where else it is. What others had before is not lost with this device: only the latest words would be. */
export function copiesOf(devices: number, shared: boolean, { status: w }: Phrases): string {
  if (devices > 0) return w.elsewhere(devices)
  return shared ? w.latestOnlyHere : w.onlyHere
}

type Said = readonly [tone: Status['tone'], sentence: string]

/** With whom one is, and what that means for the document: of what is so, what is said first. */
function connectionOf(facts: Facts, words: Phrases): Said {
  const w = words.status
  const { arrived, others, reconnecting, linking, relay } = facts
  const isCutOff = relay === 'lost' || !facts.online
  if (relay === 'none') return ['away', arrived ? w.noWebRtc : w.noWebRtcWaiting]
  if (relay === 'unloaded') return ['trouble', w.unloaded]
  if (others.length > 0 && isCutOff) return ['away', w.relayLost(others.length)]
  if (others.length > 0 && facts.waiting) return ['calm', company(others, words, 'waiting')]
  if (others.length > 0) return ['good', company(others, words, 'writing')]
  if (reconnecting !== null && reconnecting !== '') {
    return ['away', w.reconnecting(shorten(reconnecting, NAME_LENGTH))]
  }
  if (facts.otherBuild === 'newer') return ['trouble', w.newerBuild]
  if (facts.otherBuild === 'older') return ['away', w.olderBuild]
  if (facts.kept) return ['good', w.kept]
  if (!facts.online) return ['away', arrived ? w.offline : w.offlineWaiting]
  if (relay === 'lost') return ['away', arrived ? w.unreachable : w.unreachableWaiting]
  if (linking && facts.blocked && relay !== 'connecting') return ['away', w.blocked]
  if (relay === 'connecting' || linking || reconnecting !== null) return ['calm', w.connecting]
  if (facts.tabs > 0) return ['calm', w.otherTab]
  if (!arrived) return ['calm', w.aloneWaiting]
  return ['calm', facts.shared ? w.aloneNow : w.alone]
}

/** The known names first: 'With Mina and 2 others'. */
function company(others: readonly string[], { status: w }: Phrases, they: 'writing' | 'waiting'): string {
  const named = others.filter((name) => name !== '').map((name) => shorten(name, NAME_LENGTH))
  const [first, second] = named
  if (they === 'waiting') return first === undefined || others.length > 1 ? w.othersWaiting : w.waiting(first)
  if (first === undefined) return w.withSomeone
  return second !== undefined && others.length === 2 ? w.withTwo(first, second) : w.with(first, others.length - 1)
}

function progressOf({ done, total }: { done: number; total: number }, { status: w }: Phrases): string {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)
  return w.megabytes(megabytes(Math.min(done, total)), megabytes(total))
}
