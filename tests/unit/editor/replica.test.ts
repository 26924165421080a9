import { afterEach, describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { createReplica } from '#editor/replica'

function setUp({ held = false } = {}) {
  const source = new Y.Doc()
  source.getText('t').insert(0, 'first ')
  const state = { held, frozen: 0 }
  const replica = createReplica({ source, isHeld: () => state.held, onFrozen: () => state.frozen++ })
  return { source, replica, state, there: source.getText('t'), here: replica.doc.getText('t') }
}

const raiseSchema = (doc: Y.Doc): void => void doc.getMap('meta').set('schemaVersion', 999)

afterEach(() => {
  vi.useRealTimers()
})

describe('replica', () => {
  test('begins as a copy, and edits flow both ways without echo', () => {
    const { source, replica, there, here } = setUp()
    expect(here.toJSON()).toBe('first ')
    let updates = 0
    source.on('update', () => updates++)
    replica.doc.on('update', () => updates++)
    here.insert(6, 'here ')
    there.insert(0, 'there ')
    expect(there.toJSON()).toBe('there first here ')
    expect(here.toJSON()).toBe('there first here ')
    expect(updates).toBe(4)
  })

  test('holds what comes in while a composition lasts, and lets out what is typed', () => {
    const { replica, state, there, here } = setUp()
    state.held = true
    there.insert(0, 'a')
    there.insert(0, 'b')
    here.insert(6, 'typed')
    expect(here.toJSON()).toBe('first typed')
    expect(there.toJSON()).toBe('bafirst typed')
    replica.release()
    expect(here.toJSON()).toBe('first typed')
    state.held = false
    replica.release()
    expect(here.toJSON()).toBe('bafirst typed')
  })

  test('holds for ten seconds at most', () => {
    vi.useFakeTimers()
    const { there, here, state } = setUp()
    state.held = true
    there.insert(0, 'a')
    vi.advanceTimersByTime(5_000)
    there.insert(0, 'b')
    vi.advanceTimersByTime(4_999)
    expect(here.toJSON()).toBe('first ')
    vi.advanceTimersByTime(1)
    expect(here.toJSON()).toBe('bafirst ')
  })

  test('keeps to itself what is deleted privately, and later edits still arrive', () => {
    const { replica, there, here } = setUp()
    replica.privately(() => here.delete(0, 5))
    expect(there.toJSON()).toBe('first ')
    here.insert(1, 'and more')
    expect(there.toJSON()).toBe('first and more')
    expect(here.toJSON()).toBe(' and more')
  })

  test('freezes before anything of a newer schema gets in', () => {
    const { source, replica, state, there, here } = setUp()
    raiseSchema(source)
    there.insert(0, 'newer ')
    raiseSchema(source)
    expect(replica.frozen).toBe(true)
    expect(state.frozen).toBe(1)
    expect(here.toJSON()).toBe('first ')
    const before = Y.encodeStateAsUpdate(source)
    here.insert(0, 'x')
    expect(Y.encodeStateAsUpdate(source)).toEqual(before)
  })

  test('drops what was held when it freezes', () => {
    vi.useFakeTimers()
    const { source, state, there, here } = setUp({ held: true })
    there.insert(0, 'held ')
    raiseSchema(source)
    state.held = false
    vi.advanceTimersByTime(20_000)
    expect(here.toJSON()).toBe('first ')
  })

  test('is silent after its end', () => {
    const { source, replica, there, here } = setUp({ held: true })
    there.insert(0, 'a')
    replica.destroy()
    replica.destroy()
    here.insert(0, 'b')
    there.insert(0, 'c')
    expect(there.toJSON()).toBe('cafirst ')
    expect(here.toJSON()).toBe('bfirst ')
    expect(source.getMap('meta').size).toBe(0)
  })

  test('keeps what goes wrong on one side from the other, which would fall silent for ever', () => {
    const told: unknown[] = []
    vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => {
      expect(task).toThrow('no')
      told.push(task)
    })
    const { source, replica, there, here } = setUp()
    const refuse = (): void => {
      throw new Error('no')
    }
    let updates = 0
    source.on('update', () => updates++)
    here.observe(refuse)
    there.insert(0, 'a')
    there.insert(0, 'b')
    expect(updates).toBe(2)
    here.unobserve(refuse)
    replica.doc.on('update', () => updates++)
    there.observe(refuse)
    here.insert(0, 'c')
    here.insert(0, 'd')
    there.unobserve(refuse)
    expect(updates).toBe(6)
    expect(told).toHaveLength(4)
    expect(here.toJSON()).toBe('dcbafirst ')
    expect(there.toJSON()).toBe('dcbafirst ')
    vi.restoreAllMocks()
  })
})
