import { describe, expect, test } from 'vitest'
import { cleanName, MAX_NAME, parsePerson, PERSON_COLORS } from '#doc/person'

describe('a person, as told by a peer', () => {
  test('has a name and a colour of ours', () => {
    expect(parsePerson({ user: { name: ' 민아  Kim ', color: 3 } })).toEqual({ name: '민아 Kim', color: 3 })
  })

  test.each([
    undefined,
    null,
    7,
    'x',
    {},
    { user: null },
    { user: { name: '' } },
    { user: { name: '\u200b\u202e' } },
    { user: { name: {} } },
  ])('is nobody in %j', (state) => {
    expect(parsePerson(state)).toBeNull()
  })

  test.each([-1, 1e9, 1.5, 'red; background: url(x)', null])('with colour %j gets one of ours', (color) => {
    const person = parsePerson({ user: { name: 'A', color } })
    expect(person?.color).toBeGreaterThanOrEqual(0)
    expect(person?.color).toBeLessThan(PERSON_COLORS)
  })

  test('cannot turn the text around, hide in it or flood it', () => {
    expect(cleanName('A\u202Eevil\u0000\u2066')).toBe('Aevil')
    expect(cleanName('가'.repeat(1000))).toHaveLength(MAX_NAME)
    expect(cleanName('👩‍👩‍👧 가족')).toBe('👩‍👩‍👧 가족')
    expect(cleanName('\u200d \u200d')).toBe('')
    expect(cleanName('x'.repeat(1_000_000))).toHaveLength(MAX_NAME)
  })
})
