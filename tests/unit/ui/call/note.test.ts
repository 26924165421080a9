import { expect, test } from 'vitest'
import { noteOf } from '../../../../src/ui/call/note.ts'

const since = Date.UTC(2026, 10, 27, 14, 5)
const talk = { since, now: since + 25 * 60_000, names: ['Ada', 'Ben', 'Mina'] }

test('a note says when a call was, how long, and who was there', () => {
  const english = noteOf(talk, 'en', { title: 'Huddle', minutes: (count) => `${count} min` })
  expect(english).toMatch(/^Huddle: .*November 2\d, 2026.* \(25 min\) · Ada, Ben, Mina$/u)
  const korean = noteOf(talk, 'ko', { title: '통화', minutes: (count) => `${count}분` })
  expect(korean).toMatch(/^통화: 2026년 11월 2\d일.* \(25분\) · Ada, Ben, Mina$/u)
})

test('what has just begun has been a minute', () => {
  const note = noteOf({ ...talk, now: since + 5000 }, 'en', { title: 'Huddle', minutes: (count) => `${count} min` })
  expect(note).toContain('(1 min)')
})
