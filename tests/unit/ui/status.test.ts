import { describe, expect, test } from 'vitest'
import { en } from '../../../src/i18n/en.ts'
import type { Facts } from '#session/facts'
import { describe as say } from '../../../src/ui/status.ts'
import { ALONE } from '../../support/facts.ts'

const connection = (facts: Partial<Facts>): string => say({ ...ALONE, ...facts }, en).connection

describe('the status sentence', () => {
  test('says with whom one is', () => {
    expect(connection({ others: ['Mina'] })).toBe('With Mina')
    expect(connection({ others: ['Mina', 'Jonas'] })).toBe('With Mina and Jonas')
    expect(connection({ others: ['Mina', 'Jonas', ''] })).toBe('With Mina and 2 others')
    expect(connection({ others: ['', 'Mina'] })).toBe('With Mina and 1 other')
    expect(connection({ others: [''] })).toBe('With someone')
  })

  test('says that one is alone, offline or cut off, and what that means for a document still to come', () => {
    expect(connection({})).toBe('Only you so far')
    expect(connection({ shared: true })).toBe('Just you right now')
    expect(connection({ arrived: false })).toBe(
      'No one who has this document is online. Ask whoever sent you the link to open it; it appears here by itself.',
    )
    expect(connection({ online: false, relay: 'lost' })).toBe('Offline')
    expect(connection({ online: false, arrived: false })).toContain('does not have the document yet')
    expect(connection({ relay: 'lost' })).toBe('The server cannot be reached')
    expect(connection({ relay: 'connecting' })).toBe('Connecting…')
    expect(connection({ linking: true })).toBe('Connecting…')
    expect(connection({ linking: true, blocked: true })).toContain('Can’t connect to someone here')
    expect(connection({ blocked: true })).toBe('Only you so far')
    expect(connection({ tabs: 1 })).toBe('Also open in another tab')
    expect(connection({ relay: 'none' })).toContain('cannot connect to others')
  })

  test('says when someone is here whose Inkmesh is another one, and who has to reload', () => {
    expect(connection({ otherBuild: 'newer' })).toContain('Reload to connect')
    expect(connection({ otherBuild: 'older', kept: true })).toContain('They need to reload')
    expect(connection({ otherBuild: 'older', others: ['Mina'] })).toBe('With Mina')
  })

  test('tells a lost relay from lost people', () => {
    expect(connection({ relay: 'lost', others: ['Mina', 'Jonas'] })).toBe('Connected to 2 · server unreachable')
    expect(connection({ reconnecting: 'Mina' })).toBe('Reconnecting to Mina…')
    expect(connection({ reconnecting: 'Mina', others: ['Jonas'] })).toBe('With Jonas')
  })

  test('shows how much has come, apart from the sentence', () => {
    const status = say({ ...ALONE, arrived: false, receiving: { done: 2_100_000, total: 5_300_000 } }, en)
    expect(status).toMatchObject({ connection: 'Receiving the document…', progress: '2.1 of 5.3 MB', saved: null })
  })

  test('never claims that something is saved when it is not', () => {
    expect(say(ALONE, en).saved).toBe('Saved on this device')
    expect(say({ ...ALONE, save: 'saving' }, en).saved).toBe('Saving…')
    expect(say({ ...ALONE, save: 'opening', arrived: false }, en).saved).toBeNull()
    for (const arrived of [true, false]) {
      expect(say({ ...ALONE, save: 'failed', arrived }, en)).toMatchObject({
        saved: 'Not saved on this device',
        tone: 'trouble',
      })
    }
  })

  test('says where else the words are, and nothing while that is not known', () => {
    const copies = (facts: Partial<Facts>): string | null => say({ ...ALONE, ...facts }, en).copies
    expect(copies({ copies: 0 })).toBe('On this device only')
    expect(copies({ copies: 0, shared: true })).toBe('Latest words only on this device')
    expect(copies({ copies: 1 })).toBe('On 1 other device')
    expect(copies({ copies: 2 })).toBe('On 2 other devices')
    expect(copies({ copies: null })).toBeNull()
    expect(copies({ copies: 2, arrived: false })).toBeNull()
    for (const save of ['saving', 'failed', 'opening'] as const) expect(copies({ copies: 2, save })).toBeNull()
  })

  test('a keeper is no person', () => {
    expect(connection({ kept: true })).toBe('Always available through a keeper')
    expect(connection({ kept: true, others: ['Mina'] })).toBe('With Mina')
  })

  test('says when what connects is missing', () => {
    expect(connection({ relay: 'unloaded' })).toContain('Reload')
  })

  test('a document of a newer Inkmesh comes before all else', () => {
    expect(connection({ newer: true, others: ['Mina'] })).toMatch(/newer Inkmesh\. Reload to update/u)
  })
})
