/** Random work on a few Y.Docs by a great many clients, with any build of Yjs, and all that can be seen of it. */
import type * as Y from 'yjs'
import { seeded } from './random.ts'

export type Yjs = typeof Y

interface Site {
  doc: Y.Doc
  undo: Y.UndoManager
  text: Y.Text
  map: Y.Map<unknown>
  array: Y.Array<unknown>
  xml: Y.XmlFragment
  /** What came of it since it was last collected, in both formats. */
  sent: [v1: Uint8Array, v2: Uint8Array][]
}

const SITES = 3
/** More than one page of clocks, before the session's own. */
const EARLIER_CLIENTS = 150

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Plays one session and returns its log: every update, event, stack item and state, in order. The same seed does the same. */
export function playYjsSession(Y: Yjs, seed: number, acts: number): string[] {
  const random = seeded(seed)
  const log: string[] = []
  const note = (kind: string, value: unknown): number => log.push(`${kind} ${JSON.stringify(value)}`)
  const clients: number[] = []
  const held: Y.Transaction[] = []
  const texts: Y.Text[] = []
  let depth = 0

  function newClient(): number {
    const client = random.chance(0.2) ? random.below(2 ** 10) : random.below(2 ** 32)
    if (clients.includes(client)) return newClient()
    clients.push(client)
    return client
  }

  /** Reads a transaction's two states as other code may: a clock or two, all of them, or much later. Now and then it writes. */
  function look(tr: Y.Transaction, when: string): void {
    for (const state of [tr.beforeState, tr.afterState]) {
      const client = random.pick(clients)
      note(when, [client, state.get(client), state.has(client)])
      const way = random.below(40)
      if (way === 0) note('all', [...state])
      if (way === 1) note('size', [state.size, [...state.keys()], [...state.values()]])
      if (way === 2) state.forEach((clock, each) => note('each', [each, clock]))
    }
    if (random.chance(0.02)) held.push(tr)
    if (random.chance(0.01)) tr.beforeState = new Map(tr.beforeState)
    const forgotten = random.pick(clients)
    // One's own would be given up for a random one.
    if (random.chance(0.01) && forgotten !== tr.doc.clientID) note('forgot', tr.beforeState.delete(forgotten))
  }

  /** Yjs queues what is done while a transaction is told of, and the first one's update then holds it too. */
  function interfere(site: Site): void {
    if (depth > 1 || random.chance(0.9)) return
    depth++
    if (random.chance(0.3)) site.doc.clientID = newClient()
    site.doc.transact(() => act(site), random.pick(['local', 'other']))
    depth--
  }

  function open(name: number): Site {
    const doc = new Y.Doc({ gc: random.chance(0.7), guid: String(name) })
    doc.clientID = newClient()
    const text = doc.getText('text')
    const map = doc.getMap('map')
    const array = doc.getArray('array')
    const xml = doc.getXmlFragment('xml')
    const scope = random.chance(0.5) ? doc : [text, map, array]
    const undo = new Y.UndoManager(scope, {
      captureTimeout: random.pick([0, 1e12]),
      trackedOrigins: new Set(random.chance(0.5) ? ['local'] : ['local', 'net']),
    })
    const site: Site = { doc, undo, text, map, array, xml, sent: [] }
    const ranges = ({ insertions, deletions }: Y.UndoManager['undoStack'][number]): unknown =>
      [insertions, deletions].map((set) => [...set.clients])
    undo.on('stack-item-added', ({ stackItem, type }) => note(`${type} added`, ranges(stackItem)))
    undo.on('stack-item-updated', ({ stackItem, type }) => note(`${type} updated`, ranges(stackItem)))
    undo.on('stack-item-popped', ({ stackItem, type }) => note(`${type} popped`, ranges(stackItem)))
    doc.on('beforeTransaction', (tr) => look(tr, 'begins'))
    doc.on('beforeObserverCalls', () => interfere(site))
    text.observe((event) => {
      note('delta', event.delta)
      note(
        'added',
        [...event.changes.added].map(({ id, length }) => [id, length]),
      )
      interfere(site)
    })
    map.observeDeep((events) => {
      for (const event of events) note('keys', [event.path, [...event.changes.keys]])
      interfere(site)
    })
    array.observeDeep((events) => {
      for (const event of events) note('items', [event.path, event.changes.delta.length, event.changes.deleted.size])
    })
    doc.on('afterTransaction', (tr) => {
      look(tr, 'ended')
      note(
        'changed',
        [...tr.changed.values()].map((keys) => [...keys]),
      )
      note('deleted', [...tr.deleteSet.clients])
      interfere(site)
    })
    doc.on('afterTransactionCleanup', (tr) => look(tr, 'cleaned'))
    doc.on('update', (v1) => {
      note('update', hex(v1))
      site.sent.push([v1, new Uint8Array()])
    })
    doc.on('updateV2', (v2) => {
      note('update v2', hex(v2))
      const last = site.sent.at(-1)
      if (last !== undefined) last[1] = v2
    })
    return site
  }

  function newShared(): Y.AbstractType<unknown> | number | string {
    if (random.chance(0.5)) return random.chance(0.5) ? random.below(100) : 'word'
    if (random.chance(0.3)) return new Y.Map([['key', random.below(10)]]) as Y.AbstractType<unknown>
    const text = new Y.Text('inner')
    texts.push(text)
    return text as Y.AbstractType<unknown>
  }

  function write(text: Y.Text): void {
    const at = random.below(text.length + 1)
    const length = Math.min(random.below(4), text.length - at)
    const bold = random.pick([true, null])
    const way = random.below(10)
    if (way < 5) text.insert(at, random.pick(['a', 'bc', 'def', '\n']))
    else if (way < 7) text.delete(at, length)
    else if (way < 8) text.insert(at, 'bold', { bold })
    else if (way < 9) text.format(at, length, { bold })
    else text.insertEmbed(at, { t: 'br' })
  }

  function remove(array: Y.Array<unknown>): void {
    const at = random.below(array.length + 1)
    try {
      array.delete(at, Math.min(random.below(3), array.length - at))
    } catch (error) {
      // While a remote change is being told of, an array's search markers may be stale: 'Length exceeded!'.
      note('refused', String(error))
    }
  }

  function act(site: Site): void {
    const { text, map, array, xml } = site
    const way = random.below(12)
    if (way < 6) write(text)
    else if (way < 7) map.set(random.pick(['a', 'b', 'c']), newShared())
    else if (way < 8) map.delete(random.pick(['a', 'b', 'c']))
    else if (way < 9) array.insert(random.below(array.length + 1), [newShared(), newShared()])
    else if (way < 10) remove(array)
    else if (way < 11 && xml.length < 5) xml.insert(0, [new Y.XmlElement(random.pick(['p', 'h1'])), new Y.XmlText('x')])
    else {
      const inner = texts.filter(({ doc }) => doc === site.doc)
      if (inner.length > 0) write(random.pick(inner))
    }
  }

  /** Some of what other sites sent, in any order, so that updates wait for others; in either format, or as one. */
  function receive(site: Site, from: Site): void {
    const updates = from.sent.splice(0, 1 + random.below(6))
    if (random.chance(0.3)) updates.reverse()
    if (random.chance(0.2)) updates.splice(random.below(updates.length + 1), 1)
    if (updates.length > 0 && random.chance(0.3)) {
      Y.applyUpdate(site.doc, Y.mergeUpdates(updates.map(([v1]) => v1)), 'net')
      return
    }
    for (const [v1, v2] of updates) {
      if (random.chance(0.5)) Y.applyUpdate(site.doc, v1, 'net')
      else Y.applyUpdateV2(site.doc, v2, 'net')
    }
  }

  function meet(site: Site, other: Site): void {
    const missing = Y.encodeStateAsUpdate(other.doc, Y.encodeStateVector(site.doc))
    note('missing', hex(missing))
    Y.applyUpdate(site.doc, missing, random.pick(['net', 'file']))
  }

  function step(site: Site): void {
    const others = sites.filter((other) => other !== site)
    const way = random.below(20)
    if (random.chance(0.3)) site.doc.clientID = newClient()
    if (way < 9) site.doc.transact(() => act(site), random.pick(['local', 'local', 'other']))
    else if (way < 11) {
      site.doc.transact(() => {
        for (let i = random.below(6); i >= 0; i--) {
          act(site)
          if (random.chance(0.3)) site.doc.clientID = newClient()
        }
      }, 'local')
    } else if (way < 12) site.undo.stopCapturing()
    else if (way < 14) site.undo.undo()
    else if (way < 15) site.undo.redo()
    else if (way < 18) receive(site, random.pick(others))
    else if (way < 19) meet(site, random.pick(others))
    else {
      note('snapshot', hex(Y.encodeSnapshot(Y.snapshot(site.doc))))
      if (random.chance(0.2)) site.undo.clear()
    }
  }

  function noteState({ doc, text }: Site): void {
    note('vector', hex(Y.encodeStateVector(doc)))
    note('state', hex(Y.encodeStateAsUpdate(doc)))
    note('state v2', hex(Y.encodeStateAsUpdateV2(doc)))
    note('text', text.toDelta())
    note(
      'structs',
      [...doc.store.clients].map(([client, structs]) => [client, structs.length]),
    )
  }

  const earlier = new Y.Doc({ guid: 'earlier' })
  for (let i = 0; i < EARLIER_CLIENTS; i++) {
    earlier.clientID = newClient()
    earlier.getText('text').insert(random.below(earlier.getText('text').length + 1), 'of old')
  }
  const sites = Array.from({ length: SITES }, (_, name) => open(name))
  for (const site of sites) Y.applyUpdate(site.doc, Y.encodeStateAsUpdate(earlier), 'file')
  for (let i = 0; i < acts; i++) step(random.pick(sites))
  for (const site of sites) for (const other of sites) if (other !== site) meet(site, other)
  for (const site of sites) noteState(site)
  for (const { beforeState, afterState } of held) note('held', [[...beforeState], [...afterState]])
  return log
}
