/**
 * Finds the names that a chunk may shorten: those of members of its classes that no other code of the app knows. Half of
 * what an editor consists of is names.
 */
import { parseSync } from 'rolldown/utils'
import type { MinifyOptions } from 'terser'

/** Names that are asked for from outside: by what looks into a page through `window.inkmesh`. */
const ASKED_FOR: ReadonlySet<string> = new Set(['getArray', 'getMap', 'getText', 'maybeChild', 'domAtPos', 'posAtDOM'])

/** Shorter ones are not worth it. */
const SHORTEST = 4

/** All words of a text. */
const wordsOf = (text: string): ReadonlySet<string> => new Set(text.match(/[A-Za-z_$][\w$]*/gu))

/** What terser is told to call properties by short names. No class of other code has members that are called so. */
export function shortening(names: ReadonlyMap<string, string>): Pick<MinifyOptions, 'mangle' | 'nameCache'> {
  const listed = [...names.keys()].map((name) => name.replaceAll('$', '\\$')).join('|')
  return {
    mangle: { keep_classnames: true, keep_fnames: true, properties: { regex: new RegExp(`^(?:${listed})$`) } },
    nameCache: { props: { props: Object.fromEntries([...names].map(([name, short]) => [`$${name}`, short])) } },
  }
}

/**
 * The names of some modules that may be changed, as members of their classes, and what to call them: `prefix` and a letter or
 * two. Chunks have different prefixes, since a class may extend one of another chunk. `elsewhere` is all other code. A name does
 * not count that stands in a string, or is a key of an object: that may be stored, sent or handed to the browser.
 */
export function privateNames(
  modules: readonly string[],
  elsewhere: readonly string[],
  prefix: string,
): ReadonlyMap<string, string> {
  const known = new Set(elsewhere.flatMap((text) => [...wordsOf(text)]))
  const members = new Set<string>()
  const others = new Set<string>(ASKED_FOR)
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit)
    if (!isNode(node)) return
    const { type, key, left, value } = node
    if (type === 'Literal' && typeof value === 'string') for (const word of wordsOf(value)) others.add(word)
    if (type === 'TemplateElement') for (const word of wordsOf(JSON.stringify(value))) others.add(word)
    const named = node.computed === true ? null : nameOf(key)
    if (named !== null) (type === 'Property' ? others : members).add(named)
    const assigned = type === 'AssignmentExpression' ? ownMember(left) : null
    if (assigned !== null) members.add(assigned)
    Object.values(node).forEach(visit)
  }
  for (const code of modules) visit(parseSync('module.js', code).program)
  const names = [...members].filter((name) => name.length >= SHORTEST && !others.has(name) && !known.has(name))
  const taken = new Set(
    [...modules, ...elsewhere].flatMap((text) => [...text.matchAll(PROPERTY)].map(([, name]) => name)),
  )
  const short = shortNames(prefix, (name) => taken.has(name))
  return new Map(names.map((name) => [name, short()]))
}

/** What may be the name of a property. */
const PROPERTY = /(?:\.|(?=[\w$]+['"]?\s*[:(=,}]))([A-Za-z_$][\w$]*)/gu

/** Gives one name after the other: a, b, …, z, aa, ab, … */
function shortNames(prefix: string, isTaken: (name: string) => boolean): () => string {
  let count = 0
  const next = (): string => {
    let name = ''
    for (let rest = ++count; rest > 0; rest = Math.floor((rest - 1) / LETTERS.length))
      name = (LETTERS[(rest - 1) % LETTERS.length] ?? '') + name
    return isTaken(prefix + name) ? next() : prefix + name
  }
  return next
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_'

interface Node {
  type: string
  key?: unknown
  left?: unknown
  value?: unknown
  computed?: unknown
  object?: unknown
  property?: unknown
  name?: unknown
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value

/** An identifier's name; of anything else, also of a `#private` name, null. */
const nameOf = (node: unknown): string | null =>
  isNode(node) && node.type === 'Identifier' && typeof node.name === 'string' ? node.name : null

/** `name` of `this.name`. */
const ownMember = (node: unknown): string | null =>
  isNode(node) && node.computed !== true && isNode(node.object) && node.object.type === 'ThisExpression'
    ? nameOf(node.property)
    : null
