/** Random documents as nobody in their right mind writes them, made by several peers; for whoever has to read them. */
import * as Y from 'yjs'
import type { Random } from './random.ts'

const BLOCKS = ['a', 'b', 'c', 'd', '', '__proto__', 'constructor']
const WORDS = ['x', 'word', '\n', 'two\nlines', '😀', '\ud83d', '\ude00', '가', '\u0000', 'some more text']
const NAMES = [
  'strong',
  'em',
  'link',
  'code',
  'kind',
  'level',
  'indent',
  'checked',
  'language',
  'constructor',
  'from',
  '',
]
const KINDS = ['heading', 'bullet', 'task', 'ordered', 'code', 'none']
const JUNK: readonly unknown[] = [null, true, -1, 0.5, 1e300, 2 ** 53, NaN, '', 'x', [], [1], {}, { a: { b: [] } }]

/** The updates of a document that so many acts have made, each behind those that it stands on. */
export function hostileFlow(random: Random, acts: number): Uint8Array[] {
  const updates: Uint8Array[] = []
  const peers = Array.from({ length: 1 + random.below(3) }, (_, i) => {
    const doc = new Y.Doc({ gc: random.chance(0.5) })
    doc.clientID = i + 1
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === 'act') updates.push(update)
    })
    return doc
  })
  if (random.chance(0.1)) {
    const stranger = new Y.Doc()
    stranger.clientID = 9
    stranger.transact(() => defineOtherwise(stranger, random))
    updates.push(Y.encodeStateAsUpdate(stranger))
    for (const peer of peers) Y.applyUpdate(peer, Y.encodeStateAsUpdate(stranger))
  }
  for (let i = 0; i < acts; i++) {
    const peer = random.pick(peers)
    peer.transact(() => {
      for (let more = random.below(3); more >= 0; more--) act(peer, random)
    }, 'act')
    if (random.chance(0.2)) for (const other of peers) Y.applyUpdate(peer, Y.encodeStateAsUpdate(other))
  }
  return updates
}

/** Types of another sort under the names that we use. */
function defineOtherwise(doc: Y.Doc, random: Random): void {
  const values = () => [1, 'text', null, { o: 'a' }, [1, 2], new Y.Map([['a', 1]]), new Uint8Array(2)]
  const ways: (() => void)[] = [
    () => doc.getArray('flow').insert(0, values()),
    () => doc.getMap('flow').set('o', 'a'),
    () => doc.getXmlFragment('flow').insert(0, [new Y.XmlElement('p'), new Y.XmlText('text')]),
    () => doc.getText('blocks').insert(0, 'text', { kind: 'heading' }),
    () => doc.getArray('blocks').insert(0, values()),
    () => doc.getMap('spans').set('a', ['strong', true, 1, 0, null, null, 1, 1]),
    () => doc.getText('spans').insert(0, 'text'),
    () => doc.getText('aliases').insertEmbed(0, [1, 0, 1, 1, 1]),
    () => doc.getMap('aliases').set('a', [1, 0, 1, 1, 1]),
  ]
  // One sort a name, as Yjs wants it.
  const byName = [ways.slice(0, 3), ways.slice(3, 5), ways.slice(5, 7), ways.slice(7)]
  for (const choices of byName) if (random.chance(0.6)) random.pick(choices)()
}

function act(doc: Y.Doc, random: Random): void {
  const text = doc.getText('flow')
  const at = random.below(text.length + 1)
  const way = random.below(20)
  if (way < 6) text.insertEmbed(at, token(doc, random))
  else if (way < 10) text.insert(at, random.pick(WORDS))
  else if (way < 12) {
    if (text.length > 0)
      text.delete(
        Math.min(at, text.length - 1),
        Math.min(1 + random.below(4), text.length - Math.min(at, text.length - 1)),
      )
  } else if (way < 14) doc.getMap('blocks').set(random.pick(BLOCKS), record(random))
  else if (way < 17)
    doc
      .getArray('spans')
      .insert(random.below(doc.getArray('spans').length + 1), [random.chance(0.1) ? junk(random) : span(doc, random)])
  else if (way < 18) doc.getArray('aliases').push([random.chance(0.2) ? junk(random) : alias(doc, random)])
  else if (way < 19) takeAway(doc, random)
  else strange(text, at, random)
}

const junk = (random: Random): unknown => random.pick(JUNK)

function token(doc: Y.Doc, random: Random): object {
  const id = random.pick(BLOCKS)
  const way = random.below(12)
  if (way < 4) return { o: id }
  if (way < 7) return { c: id }
  if (way < 8) return { a: id }
  if (way < 9) return { t: random.pick(['br', 'br', 'x']) }
  if (way < 11) return { m: id, t: clock(random), by: clock(random), s: unit(doc, random), e: unit(doc, random) }
  return random.pick([
    { o: junk(random) },
    { m: id, t: junk(random), by: 1, s: junk(random), e: [1, 2] },
    { i: 'x' },
    { o: id, c: id },
    {},
  ])
}

/** Mostly a Lamport clock. */
const clock = (random: Random): unknown => (random.chance(0.9) ? random.below(5) : junk(random))

/** An id of something that is there, or was, or may come, or cannot be. */
function unit(doc: Y.Doc, random: Random): [unknown, unknown] {
  if (random.chance(0.1)) return [junk(random), junk(random)]
  const client = 1 + random.below(3)
  return [client, random.below(Y.getState(doc.store, client) + 4)]
}

function span(doc: Y.Doc, random: Random): unknown[] {
  const name = random.pick(NAMES)
  const value = random.pick([
    true,
    true,
    null,
    { href: 'https://example.org/' },
    { href: 7 },
    random.pick(KINDS),
    3,
    junk(random),
  ])
  const end = random.chance(0.2) ? [null, null] : unit(doc, random)
  const family = random.chance(0.5) ? [random.pick(BLOCKS)] : []
  return [name, value, ...unit(doc, random), ...end, clock(random), clock(random), ...family]
}

function alias(doc: Y.Doc, random: Random): unknown[] {
  return [...unit(doc, random), ...unit(doc, random), random.chance(0.9) ? 1 + random.below(6) : junk(random)]
}

function record(random: Random): unknown {
  if (random.chance(0.1)) return random.pick([1, 'x', null, [1], new Y.Map([['kind', 'code']]), new Y.Text('x')])
  const stored: Record<string, unknown> = {}
  for (const name of ['kind', 'level', 'checked', 'start', 'indent', 'quote', 'language', 'from', 'type']) {
    if (random.chance(0.6)) continue
    if (name === 'kind') stored[name] = random.pick(KINDS)
    else if (name === 'type') stored[name] = random.pick(['divider', 'block', 'text', 'hard_break', 'doc', 'nothing'])
    else if (name === 'from') stored[name] = random.pick(BLOCKS)
    else stored[name] = random.chance(0.5) ? random.below(9) : junk(random)
  }
  return stored
}

function takeAway(doc: Y.Doc, random: Random): void {
  const name = random.pick(['spans', 'aliases', 'blocks'])
  if (name === 'blocks') {
    doc.getMap(name).delete(random.pick(BLOCKS))
    return
  }
  const array = doc.getArray(name)
  if (array.length > 0) array.delete(random.below(array.length), 1)
}

function strange(text: Y.Text, at: number, random: Random): void {
  const ways: (() => void)[] = [
    () =>
      text.format(
        Math.min(at, Math.max(0, text.length - 1)),
        Math.min(2, text.length - Math.min(at, Math.max(0, text.length - 1))),
        { bold: true },
      ),
    () => text.insert(at, 'X', { em: {} }),
    () => text.insertEmbed(at, new Y.Map([['o', 'a']])),
    () => text.insertEmbed(at, new Y.Text('inner')),
    () => text.insertEmbed(at, new Y.XmlElement('p')),
    () => text.insertEmbed(at, new Y.Doc()),
    () => text.setAttribute(random.pick(['o', 'c', 'x']), 'a'),
  ]
  random.pick(ways)()
}
