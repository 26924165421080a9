import { expect, test } from 'vitest'
import { MOST_VOICES, mayBeHeard } from '#net/call/floor'
import type { Member } from '#net/call/members'
import { parsePresence, type CallPresence } from '#net/call/statement'

function presence(since: number, isMuted: boolean): CallPresence {
  const parsed = parsePresence({ call: { since, isMuted } })
  if (parsed === null) throw new Error('No presence')
  return parsed
}

const member = (since: number, isMuted = false, maySpeak = true): Member => ({
  client: since,
  presence: presence(since, isMuted),
  maySpeak,
  writes: maySpeak,
  isSpeaking: false,
  isConnected: true,
  tracks: new Map(),
  passedBy: null,
})

const crowd = (count: number): Member[] => Array.from({ length: count }, (_, i) => member(i + 1))

test('ten are heard, and the eleventh is not; who is muted or only listens takes no place', () => {
  expect(mayBeHeard(crowd(MOST_VOICES - 1), null)).toBe(true)
  expect(mayBeHeard(crowd(MOST_VOICES), null)).toBe(false)
  expect(mayBeHeard(crowd(MOST_VOICES), presence(99, true))).toBe(false)
  const [first, ...others] = crowd(MOST_VOICES)
  expect(mayBeHeard([...others, member(1, true)], null)).toBe(true)
  expect(mayBeHeard([...others, member(1, false, false)], null)).toBe(true)
  expect(first?.client).toBe(1)
})

test('of those who speak up at one moment the last give way, and nobody else', () => {
  const all = crowd(MOST_VOICES + 2)
  const stays = all.map((one) =>
    mayBeHeard(
      all.filter((other) => other !== one),
      one.presence,
    ),
  )
  expect(stays).toEqual([...Array.from({ length: MOST_VOICES }, () => true), false, false])
})
