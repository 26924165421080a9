import { createRequire } from 'node:module'
import { describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { changedClocks, changedSince, ClientClocks } from '#doc/client-clocks'
import { patchYjs, touchedClients } from '../../../scripts/yjs-touched-clients.ts'
import { seeded } from '../../support/random.ts'
import { playYjsSession, type Yjs } from '../../support/yjs-session.ts'

describe('clocks', () => {
  test('a view stays as it was, and tells what has changed since', () => {
    const random = seeded(7)
    const clocks = new ClientClocks()
    const now = new Map<number, number>()
    const seen: { view: Map<number, number>; copy: Map<number, number> }[] = []
    for (let i = 0; i < 3000; i++) {
      const client = random.below(500) * 9_000_000
      const clock = (now.get(client) ?? 0) + random.below(3)
      clocks.set(client, clock)
      now.set(client, clock)
      if (random.chance(0.1)) seen.push({ view: clocks.view(), copy: new Map(now) })
      if (seen.length === 0) continue
      const { view, copy } = random.pick(seen)
      expect([view.get(client), view.has(client)]).toEqual([copy.get(client), copy.has(client)])
      const later = [...now].filter(([each, end]) => copy.get(each) !== end)
      expect([...(changedSince(view, clocks) ?? [])]).toEqual(later)
    }
    for (const { view, copy } of seen) expect([...view]).toEqual([...copy])
  })

  test('a view is a Map in all else', () => {
    const filled = () => {
      const clocks = new ClientClocks()
      clocks.set(5, 50)
      clocks.set(3, 30)
      return clocks.view()
    }
    expect(filled().size).toBe(2)
    expect(filled()).toBeInstanceOf(Map)
    expect([...filled().keys()]).toEqual([5, 3])
    expect([...filled().values()]).toEqual([50, 30])
    expect([...filled().entries()]).toEqual([...new Map(filled())])
    const told: unknown[] = []
    filled().forEach((clock, client, all) => told.push([client, clock, all.size]))
    expect(told).toEqual([
      [5, 50, 2],
      [3, 30, 2],
    ])
    const written = filled().set(9, 90)
    expect([written.delete(5), written.delete(5), [...written]]).toEqual([
      true,
      false,
      [
        [3, 30],
        [9, 90],
      ],
    ])
    written.clear()
    expect([written.size, written.get(3), written.has(3)]).toEqual([0, undefined, false])
  })

  test('where a view was written to, or is of another document, only a walk can tell', () => {
    const clocks = new ClientClocks()
    clocks.set(1, 1)
    const beforeState = clocks.view()
    clocks.set(2, 1)
    const afterState = clocks.view()
    expect([...changedClocks({ beforeState, afterState })]).toEqual([[2, 1]])
    expect(changedSince(beforeState, new ClientClocks())).toBeNull()
    expect(changedSince(new Map(), clocks)).toBeNull()
    expect(changedClocks({ beforeState, afterState: new Map([[7, 7]]) })).toEqual(new Map([[7, 7]]))
    beforeState.set(1, 0)
    expect(changedClocks({ beforeState, afterState })).toBe(afterState)
  })
})

describe('built into yjs', () => {
  const stock = stockYjs()

  test.each([...Array(24).keys()])('session %i goes as with the stock build', (seed) => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    expect(playYjsSession(Y, seed, 150)).toEqual(playYjsSession(stock, seed, 150))
  })

  test('a client whose only struct is empty', () => {
    const update = Uint8Array.from([1, 1, 5, 0, 4, 1, 4, ...Buffer.from('text'), 0, 0])
    const seen = ({ Doc, applyUpdate, encodeStateVector }: Yjs): unknown[] => {
      const doc = new Doc({ guid: '' })
      doc.clientID = 7
      const log: unknown[] = []
      doc.on('afterTransaction', ({ beforeState, afterState }) => log.push([...beforeState], [...afterState]))
      doc.on('update', (told) => log.push([...told]))
      applyUpdate(doc, update)
      doc.getText('text').insert(0, 'a')
      return [...log, [...encodeStateVector(doc)]]
    }
    expect(seen(Y)).toEqual(seen(stock))
    expect(seen(Y)).toContainEqual([[5, 0]])
  })

  test('a client id that somebody else uses is given up', () => {
    vi.spyOn(console, 'info').mockImplementation(() => undefined)
    const [mine, theirs] = [new Y.Doc(), new Y.Doc()]
    mine.clientID = theirs.clientID = 5
    theirs.getText('text').insert(0, 'a')
    Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs))
    expect(mine.clientID).not.toBe(5)
    const given = mine.clientID
    theirs.clientID = 6
    theirs.getText('text').insert(0, 'b')
    Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs))
    expect(mine.clientID).toBe(given)
  })

  test('no key walks all clients, neither here nor at the peer', () => {
    const here = new Y.Doc()
    const text = here.getText('text')
    for (here.clientID = 1; here.clientID <= 200; here.clientID++) text.insert(0, 'a')
    const there = new Y.Doc()
    Y.applyUpdate(there, Y.encodeStateAsUpdate(here))
    const walks = [here, there].flatMap(({ store }) => [
      vi.spyOn(store.clients, 'forEach'),
      vi.spyOn(store.clients, 'entries'),
      vi.spyOn(store.clients, Symbol.iterator),
    ])
    const undo = new Y.UndoManager(here)
    here.on('update', (update) => Y.applyUpdate(there, update))
    there.on('updateV2', () => undefined)
    text.insert(100, 'b')
    text.delete(50, 1)
    undo.undo()
    for (const walk of walks) expect(walk).not.toHaveBeenCalled()
    Y.encodeStateVector(here)
    expect(walks[0]).toHaveBeenCalled()
  })

  test('another yjs stops the build', () => {
    expect(() => patchYjs('export const nothing = 0')).toThrow('0 places')
    const { transform } = touchedClients
    const handler =
      typeof transform === 'object' ? (transform.handler as (code: string, id: string) => unknown) : () => null
    expect(() => handler('', '/app/node_modules/yjs/dist/yjs.cjs')).toThrow('not the yjs')
  })
})

/** Yjs as Node finds it, past the build. It complains that it is not the only one. */
function stockYjs(): Yjs {
  const complaint = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const stock = createRequire(import.meta.url)('yjs') as Yjs
  complaint.mockRestore()
  return stock
}
