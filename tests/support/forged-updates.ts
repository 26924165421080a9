/** Updates that no build of Yjs writes, made field by field (v1, yjs/src/utils/UpdateEncoder.js): what a hostile peer may send. */
import * as encoding from 'lib0/encoding'
import type { Random } from './random.ts'

type Write = (encoder: encoding.Encoder) => void

/** One struct: its first byte, and what follows. */
export interface Struct {
  info: number
  write: Write
}

const uint =
  (...numbers: number[]): Write =>
  (encoder) => {
    for (const number of numbers) encoding.writeVarUint(encoder, number)
  }

const all =
  (...writes: Write[]): Write =>
  (encoder) => {
    for (const write of writes) write(encoder)
  }

const text =
  (value: string): Write =>
  (encoder) =>
    encoding.writeVarString(encoder, value)

/** A struct's place: in a shared type of the document, or beside another struct. */
export type Place = { root: string; key?: string } | { left: readonly [client: number, clock: number] }

function struct(kind: number, content: Write, place: Place = { root: 'flow' }): Struct {
  if ('left' in place) return { info: kind | 0x80, write: all(uint(...place.left), content) }
  const { root, key } = place
  return {
    info: kind | (key === undefined ? 0 : 0x20),
    write: all(uint(1), text(root), key === undefined ? all() : text(key), content),
  }
}

export const gc = (length: number): Struct => ({ info: 0, write: uint(length) })
const skip = (length: number): Struct => ({ info: 10, write: uint(length) })
export const deleted = (length: number, place?: Place): Struct => struct(1, uint(length), place)
export const written = (value: string, place?: Place): Struct => struct(4, text(value), place)
const embedded = (json: string, place?: Place): Struct => struct(5, text(json), place)
const formatted = (name: string, json: string, place?: Place): Struct => struct(6, all(text(name), text(json)), place)
const typed = (type: number, place?: Place): Struct => struct(7, uint(type), place)
const anything = (values: readonly unknown[], place?: Place): Struct =>
  struct(
    8,
    (encoder) => {
      encoding.writeVarUint(encoder, values.length)
      for (const value of values) encoding.writeAny(encoder, value as never)
    },
    place,
  )

export interface Section {
  client: number
  clock: number
  structs: readonly Struct[]
  /** How many it says there are, if that is not the truth. */
  declared?: number
}

export interface Deletions {
  client: number
  ranges: readonly (readonly [clock: number, length: number])[]
}

export function forge(sections: readonly Section[], deletions: readonly Deletions[] = []): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, sections.length)
  for (const { client, clock, structs, declared = structs.length } of sections) {
    uint(declared, client, clock)(encoder)
    for (const { info, write } of structs) {
      encoding.writeUint8(encoder, info)
      write(encoder)
    }
  }
  encoding.writeVarUint(encoder, deletions.length)
  for (const { client, ranges } of deletions) {
    uint(client, ranges.length)(encoder)
    for (const range of ranges) uint(...range)(encoder)
  }
  return encoding.toUint8Array(encoder)
}

const deepJson = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

function deepValue(depth: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value }
  return value
}

const one = (...structs: Struct[]): Uint8Array<ArrayBuffer> => forge([{ client: 1, clock: 0, structs }])

/** One of each kind of attack that has been found, by name. None of them may change a flow document. */
export const ATTACKS: Readonly<Record<string, () => Uint8Array<ArrayBuffer>>> = {
  'deleted content of no length': () => one(deleted(0)),
  'a freed struct of no length': () => one(gc(0)),
  'a gap of no length': () => one(skip(0), written('a')),
  'text of no length': () => one(written('')),
  'values of no length': () => one(anything([], { root: 'spans' })),
  'a deletion of no length': () => forge([], [{ client: 1, ranges: [[0, 0]] }]),
  'a section of no structs': () => one(),
  'freed structs of enormous length': () => one(...Array.from({ length: 33 }, () => gc(Number.MAX_SAFE_INTEGER))),
  'a clock beyond all numbers': () => forge([{ client: 1, clock: Number.MAX_SAFE_INTEGER, structs: [written('ab')] }]),
  'an embed nested 5,000 deep': () => one(embedded(deepJson(5000))),
  'a format nested 5,000 deep': () => one(formatted('strong', deepJson(5000))),
  'a format': () => one(formatted('strong', 'true')),
  'values nested 5,000 deep': () => one(anything([deepValue(5000)], { root: 'spans' })),
  'a shared type in the flow': () => one(typed(2)),
  'shared types within shared types': () =>
    one(typed(1), ...Array.from({ length: 3000 }, (_, i) => ({ info: 7, write: uint(0, 1, i, 1) }))),
  'a document within the document': () => one(struct(9, all(text('guid'), uint(126)), { root: 'meta', key: 'x' })),
  'a shared type that is none': () => one(typed(7)),
  'content of an unknown kind': () => one(struct(31, uint(1))),
  'a struct beside itself': () => forge([{ client: 1, clock: 0, structs: [written('a', { left: [1, 0] })] }]),
  'a struct beside a later one of its author': () => one(written('a', { left: [1, 5] }), written('bcdefg')),
  'one client twice': () =>
    forge([
      { client: 1, clock: 0, structs: [written('a')] },
      { client: 1, clock: 0, structs: [written('b')] },
    ]),
  'one client deleted twice': () =>
    forge(
      [{ client: 1, clock: 0, structs: [written('ab')] }],
      [
        { client: 1, ranges: [[0, 1]] },
        { client: 1, ranges: [[1, 1]] },
      ],
    ),
  'more structs than there are': () => forge([{ client: 1, clock: 0, structs: [written('a')], declared: 1_000_000 }]),
  'a name without end': () => one(written('a', { root: 'x'.repeat(100) })),
  'a great many shared types': () => one(...Array.from({ length: 100 }, (_, i) => written('a', { root: `root ${i}` }))),
  'bytes behind its end': () => Uint8Array.of(...one(written('a')), 0),
  'an end in its middle': () => one(written('abcdefgh')).slice(0, -6),
  'text that is no UTF-8': () => {
    const update = one(written('abcd'))
    update[update.length - 3] = 0xff
    return update
  },
  'JSON that is none': () => one(embedded('{"o":')),
  'structs that stand on one another': () =>
    forge([
      { client: 1, clock: 0, structs: [written('a', { left: [2, 0] })] },
      { client: 2, clock: 0, structs: [written('b', { left: [1, 0] })] },
    ]),
  'deletions of what nobody wrote': () => forge([], [{ client: 7, ranges: [[0, 2 ** 40]] }]),
  'nothing at all': () => new Uint8Array(0),
}

const KINDS = 12
const LENGTHS = [0, 1, 2, 3, 100, 2 ** 31, 2 ** 32, 2 ** 52, Number.MAX_SAFE_INTEGER]
const ROOTS = [
  'flow',
  'flow',
  'flow',
  'blocks',
  'spans',
  'aliases',
  'title',
  'authors',
  'meta',
  'body',
  'x',
  '',
  '__proto__',
]
const KEYS = ['a', 'created', 'schemaVersion', '__proto__', 'constructor', '1']
const TEXTS = ['', 'x', 'word', '😀', '가', '\n', '\u0000', 'some more text']
const JSON_TEXTS = [
  '{"o":"a"}',
  '{"c":"a"}',
  '{"a":"z"}',
  '{"t":"br"}',
  '{"m":"a","t":1,"by":1,"s":[1,0],"e":null}',
  'null',
  '1',
  '{',
  '',
  '[]',
]
const VALUES: readonly unknown[] = [null, true, -1, 0.5, 2 ** 53, '', 'x', [], {}, { a: [1] }, 10n, new Uint8Array(3)]

/** An update of random structs. `clients` are those whose structs are there, with their next clocks: most stand on them. */
export function randomForgery(random: Random, clients: ReadonlyMap<number, number>): Uint8Array<ArrayBuffer> {
  const known = [...clients.keys()]
  const client = (): number => (random.chance(0.8) && known.length > 0 ? random.pick(known) : 1000 + random.below(50))
  const near = (clock: number): number =>
    random.chance(0.6) ? clock : random.chance(0.5) ? random.below(clock + 3) : random.pick(LENGTHS)
  const length = (): number => (random.chance(0.7) ? 1 + random.below(4) : random.pick(LENGTHS))
  const place = (): Place => {
    const of = client()
    if (random.chance(0.7)) return { left: [of, near(Math.max(0, random.below((clients.get(of) ?? 0) + 1) - 1))] }
    return random.chance(0.3) ? { root: random.pick(ROOTS), key: random.pick(KEYS) } : { root: random.pick(ROOTS) }
  }
  const any = (): Struct => {
    switch (random.below(KINDS)) {
      case 0:
        return gc(length())
      case 1:
        return deleted(length(), place())
      case 2:
        return skip(length())
      case 3:
        return embedded(random.chance(0.05) ? deepJson(1 + random.below(6000)) : random.pick(JSON_TEXTS), place())
      case 4:
        return formatted(random.pick(['strong', 'link', '']), random.pick(JSON_TEXTS), place())
      case 5:
        return typed(random.below(9), place())
      case 6:
        return anything(
          Array.from({ length: random.below(3) }, () => random.pick(VALUES)),
          place(),
        )
      case 7:
        return struct(2, all(uint(1), text(random.pick(JSON_TEXTS))), place())
      case 8:
        return { info: random.below(256), write: uint(random.below(300), random.below(300), random.below(300)) }
      case 9:
        return anything([random.chance(0.2) ? deepValue(random.below(6000)) : 1], place())
      default:
        return written(random.pick(TEXTS), place())
    }
  }
  const sections = Array.from({ length: random.below(3) }, (): Section => {
    const of = client()
    const structs = Array.from({ length: random.below(4) }, any)
    const lies = random.chance(0.03) ? { declared: random.pick(LENGTHS) } : {}
    return { client: of, clock: near(clients.get(of) ?? 0), structs, ...lies }
  })
  const deletions = Array.from({ length: random.below(2) }, (): Deletions => {
    const of = client()
    const ranges = Array.from({ length: random.below(3) }, () => {
      // Little of what is there: the words are to be looked for afterwards.
      return [near(clients.get(of) ?? 0), length()] as const
    })
    return { client: of, ranges }
  })
  const update = forge(sections, deletions)
  if (random.chance(0.1)) for (let i = 0; i < 3; i++) update[random.below(update.length)] = random.below(256)
  return random.chance(0.05) ? update.slice(0, random.below(update.length)) : update
}
