import { describe, expect, test, vi } from 'vitest'
import { parseEntry } from '#storage/library'
import { changeSettings, parseSettings, readSettings } from '#storage/settings'

const nonsense: unknown[] = [
  undefined,
  null,
  0,
  '',
  'text',
  true,
  [],
  [1],
  {},
  { database: 1 },
  { fragment: '#edit=a' },
  () => 0,
  Symbol('x'),
]

describe('a stored library entry', () => {
  test('comes back as it was', () => {
    const entry = {
      database: 'inkmesh-a',
      fragment: '#view=a-_9',
      role: 'view',
      title: 'Title',
      excerpt: 'Words',
      opened: 1,
      edited: 2,
      seen: 4,
      shared: false,
      pinned: true,
      removed: 3,
    }
    expect(parseEntry(entry)).toEqual(entry)
  })

  test.each(nonsense)('is passed over when it is %s', (value) => {
    expect(parseEntry(value)).toBeNull()
  })

  test.each(['javascript:alert(1)', 'https://example.com/#edit=a', '#edit=', '#edit=a b', '#other=a', 'edit=a'])(
    'never leads to %s',
    (fragment) => {
      expect(parseEntry({ database: 'inkmesh-a', fragment })).toBeNull()
    },
  )

  test('has the role of its link, whatever else it says', () => {
    expect(parseEntry({ database: 'a', fragment: '#view=a', role: 'edit' })?.role).toBe('view')
  })

  test('does not grow without bounds', () => {
    const entry = parseEntry({ database: 'a', fragment: '#view=a', title: 'x'.repeat(1e6), excerpt: 'y'.repeat(1e6) })
    expect(entry?.title.length).toBeLessThan(1000)
    expect(entry?.excerpt.length).toBeLessThan(10_000)
  })
})

describe('settings', () => {
  const unset = { name: '', named: false, color: null, theme: 'system', order: 'opened', language: null }

  test('come back as they were', () => {
    const settings = { name: 'Ada', named: true, color: 3, theme: 'dark', order: 'title', language: 'ko' }
    expect(parseSettings(JSON.stringify(settings))).toEqual(settings)
  })

  test.each([
    null,
    '',
    '{',
    '7',
    'null',
    '[]',
    '{"name":7,"color":"red","theme":"pink","language":"xx"}',
    '{"color":99}',
    '{"color":-1}',
    '{"color":1.5}',
  ])('are the usual ones when %j is stored', (text) => {
    expect(parseSettings(text)).toEqual(unset)
  })

  test('last as long as the page where the browser stores nothing', () => {
    vi.spyOn(console, 'info').mockReturnValue()
    const refuse = (): never => {
      throw new DOMException('denied', 'SecurityError')
    }
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse })
    expect(readSettings()).toEqual(unset)
    changeSettings({ name: 'Ben' })
    changeSettings({ theme: 'light' })
    expect(readSettings()).toEqual({ ...unset, name: 'Ben', theme: 'light' })
  })
})
