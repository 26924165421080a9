/**
 * The words of the flow: what may stand in the sequence beside characters, and how block attributes are stored.
 * Everything here is read from peers, so every parser is total: what it does not know it passes over.
 */
import type { Attrs, Mark, Node, NodeType } from 'prosemirror-model'
import { schema, type MarkName } from '#doc/schema'
import { isRecord } from '../untrusted.ts'

/** The id of an item, as plain data. */
export interface Id {
  client: number
  clock: number
}

/** Shows a block elsewhere than where it stands in the sequence: see `order.ts`. */
export interface Slot {
  /** The block it shows. */
  id: string
  /** Lamport clock; of several slots of a block the newest counts. */
  t: number
  /** Who moved it; decides between equal clocks. */
  by: number
  /** The first item of what is moved, and the one before which it ends, as the mover saw it. Null: the end of all. */
  start: Id
  end: Id | null
}

/** What an embedded object means. */
export type Token =
  /** Begins a block. */
  | { kind: 'open'; id: string }
  /** Ends a block. */
  | { kind: 'close'; id: string }
  /** A block that is one thing. */
  | { kind: 'atom'; id: string }
  | { kind: 'slot'; slot: Slot }
  /** A line break within a block. */
  | { kind: 'break' }
  /** Written by a newer Inkmesh, or by nobody in their right mind. */
  | { kind: 'unknown' }

export const openToken = (id: string): object => ({ o: id })
export const closeToken = (id: string): object => ({ c: id })
export const atomToken = (id: string): object => ({ a: id })
export const breakToken = (): object => ({ t: 'br' })
export const slotToken = ({ id, t, by, start, end }: Slot): object => ({
  m: id,
  t,
  by,
  s: [start.client, start.clock],
  e: end && [end.client, end.clock],
})

const UNKNOWN: Token = { kind: 'unknown' }
const BREAK: Token = { kind: 'break' }

/** Reads an embedded object. Total on any value. */
export function tokenOf(embed: unknown): Token {
  if (!isRecord(embed)) return UNKNOWN
  const { o, c, a, t, m } = embed
  if (typeof o === 'string') return { kind: 'open', id: o }
  if (typeof c === 'string') return { kind: 'close', id: c }
  if (typeof a === 'string') return { kind: 'atom', id: a }
  if (typeof m === 'string') {
    const slot = slotOf(m, embed)
    return slot === null ? UNKNOWN : { kind: 'slot', slot }
  }
  return t === 'br' ? BREAK : UNKNOWN
}

function slotOf(id: string, { t, by, s, e }: Record<string, unknown>): Slot | null {
  const [start, end] = [idOf(s), idOf(e)]
  return isTime(t) && isCount(by) && start !== null && (end !== null || e === null) ? { id, t, by, start, end } : null
}

/** An id stored as a pair. */
function idOf(value: unknown): Id | null {
  if (!Array.isArray(value)) return null
  const [client, clock] = value as unknown[]
  return isCount(client) && isCount(clock) ? { client, clock } : null
}

/** Whether a value may be a client id, a clock or a length. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

/** No document sees so many acts: a greater clock would leave nobody a newer one. */
const MAX_TIME = 2 ** 40

/** Whether a value may be a Lamport clock. */
export const isTime = (value: unknown): value is number => isCount(value) && value < MAX_TIME

/** Attributes of blocks, by the names that the schema has for them, and `kind`, which also says what is code. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  ...Object.keys(schema.nodes.block.spec.attrs ?? {}),
  ...Object.keys(schema.nodes.code_block.spec.attrs ?? {}),
])

export const isAttribute = (name: string): boolean => ATTRIBUTES.has(name)

export const isMarkName = (name: string): name is MarkName => Object.hasOwn(schema.marks, name)

/** Whether text typed at the end of a mark has it, too. */
export const grows = (name: string): boolean => isMarkName(name) && schema.marks[name].spec.inclusive !== false

const CODE = 'code'

/** Block attributes as stored: what equals its default is absent. */
export type Attributes = Readonly<Record<string, unknown>>

/** The first attributes of a block, and of what family of blocks it is. */
export interface BlockRecord {
  attributes: Attributes
  /** The id of the block that it was split off, or that one was; its own when it was made anew. */
  root: string
}

/** Key of a block record that names the root; no attribute has this name. */
const ROOT = 'from'
/** Key of an atom's record that names its node type. */
const TYPE = 'type'

/** A value's own fields: Yjs decodes a field named `__proto__` as a prototype, and does not encode that again. */
const ownFields = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.getPrototypeOf(value) === Object.prototype ? value : { ...value }

/** Reads a record of `blocks`. Total on any value. */
export function blockRecordOf(id: string, stored: unknown): BlockRecord {
  if (!isRecord(stored)) return { attributes: {}, root: id }
  const record = ownFields(stored)
  const root = record[ROOT]
  return { attributes: record, root: typeof root === 'string' ? root : id }
}

/** A record of `blocks`, or null when it would say nothing. */
export function storedRecord(id: string, { attributes, root }: BlockRecord): Record<string, unknown> | null {
  const record: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== undefined) record[name] = value
  if (root !== id) record[ROOT] = root
  return Object.keys(record).length === 0 ? null : record
}

/** The stored attributes of a block node. */
export function attributesOf(node: Node): Attributes {
  const attributes: Record<string, unknown> = { ...node.attrs }
  if (node.type === schema.nodes.code_block) attributes.kind = CODE
  if (node.isAtom) attributes[TYPE] = node.type.name
  return attributes
}

/** The node type and attributes of a text block that has these stored attributes. */
export function textBlockOf(attribute: (name: string) => unknown): { type: NodeType; attrs: Attrs | null } {
  const type = attribute('kind') === CODE ? schema.nodes.code_block : schema.nodes.block
  return { type, attrs: attrsOf(type, attribute) }
}

/** The same for a block that is one thing; null when this schema does not know it. */
export function atomOf(attribute: (name: string) => unknown): { type: NodeType; attrs: Attrs | null } | null {
  const name = attribute(TYPE)
  const type = typeof name === 'string' && Object.hasOwn(schema.nodes, name) ? schema.nodes[name as 'divider'] : null
  if (type === null || !type.isLeaf || !type.isBlock || type.isText) return null
  return { type, attrs: attrsOf(type, attribute) }
}

/** Null for all defaults, which nodes share. */
function attrsOf(type: NodeType, attribute: (name: string) => unknown): Attrs | null {
  let attrs: Record<string, unknown> | null = null
  for (const name of Object.keys(type.spec.attrs ?? {})) {
    const value = attribute(name)
    if (isPlain(value)) (attrs ??= {})[name] = value
  }
  return attrs
}

/** Attribute values are words and numbers that equal themselves; anything else was not written by us. */
const isPlain = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)

/** What a span stores of a mark: true, or its attributes. */
export function markValue({ attrs, type }: Mark): unknown {
  return Object.keys(type.spec.attrs ?? {}).length === 0
    ? true
    : Object.fromEntries(Object.entries(attrs).filter(([, value]) => value !== null))
}

/** The mark that a span's value means; null for none, or one that cannot be. */
export function markOf(name: MarkName, value: unknown): Mark | null {
  const type = schema.marks[name]
  if (name !== 'link') return value === true ? type.create() : null
  if (!isRecord(value)) return null
  const { href, title } = ownFields(value)
  return typeof href === 'string' ? type.create({ href, title: typeof title === 'string' ? title : null }) : null
}
