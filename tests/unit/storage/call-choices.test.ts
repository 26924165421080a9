import { expect, test } from 'vitest'
import { parseCallChoices } from '#storage/call-choices'

const NONE = {
  microphone: null,
  camera: null,
  speaker: null,
  joinsMuted: false,
  hasJoined: false,
  corner: 'bottom-right',
} as const

test('choices are read as they were kept', () => {
  const choices = { ...NONE, microphone: 'abc', joinsMuted: true, corner: 'top-left' }
  expect(parseCallChoices(JSON.stringify(choices))).toEqual(choices)
})

test('whatever is stored, there are choices', () => {
  for (const text of [null, '', 'null', '[1]', '{"corner":"middle","microphone":7}']) {
    expect(parseCallChoices(text)).toEqual(NONE)
  }
  expect(parseCallChoices(JSON.stringify({ camera: 'x'.repeat(513) })).camera).toBeNull()
})
