/** Who of many may be heard: in a mesh everyone sends to everyone, and of more than ten who speak nobody understands anything. Pure. */
import type { Member } from './members.ts'
import type { CallPresence } from './statement.ts'

/** Most who are heard at one time; whoever is muted takes no place. */
export const MOST_VOICES = 10

/**
 * Whether this side may be heard beside these: it has room when it would speak up now (`own` is muted, or null: it is about to join); or,
 * heard already, it came before the eleventh. Of several who speak up at one moment those who came last give way, each by themselves.
 */
export function mayBeHeard(members: readonly Member[], own: CallPresence | null): boolean {
  const heard = members.filter(({ presence, maySpeak }) => maySpeak && !presence.isMuted)
  const isHeard = own?.isMuted === false
  const before = isHeard ? heard.filter(({ presence }) => presence.since < own.since) : heard
  return before.length < MOST_VOICES
}
