/** Hashes of what structs hold, by their units: the same however Yjs has split and merged them. */
import * as Y from 'yjs'

/** Hashes a value that belongs to an id: 32 bits. All are integers; the value is taken modulo 2^32. */
export function hashAt(client: number, clock: number, value: number): number {
  const hash = mixNumber(mixNumber(mix(0, value), client), clock)
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
}

/** MurmurHash3's steps (A. Appleby, public domain). */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51)
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
  const mixed = hash ^ k
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
}

const mixNumber = (hash: number, number: number): number => mix(mix(hash, number), number / 2 ** 32)

/** Hashes a value as it is once it has travelled: what JSON cannot carry counts as nothing. Total. */
function mixValue(hash: number, value: unknown): number {
  const text = JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each))
  let mixed = hash
  for (let i = 0; i < text.length; i++) mixed = mix(mixed, text.charCodeAt(i))
  return mixed
}

/**
 * Calls `visitor` with the hash of each unit of an item between two offsets: what it holds and where it was put. One that is
 * deleted holds nothing.
 */
export function visitUnits(
  { content, id, origin, rightOrigin, parentSub }: Y.Item,
  from: number,
  to: number,
  visitor: (hash: number, offset: number) => void,
): void {
  if (content instanceof Y.ContentDeleted) return
  const place = mixValue(0, [rightOrigin, parentSub])
  // Of a unit after the first, what it was put after is the one before: Yjs merges no others.
  const isNext = origin?.client === id.client && origin.clock + 1 === id.clock
  for (let offset = from; offset < to; offset++) {
    visitor(hashUnit(offset > 0 || isNext ? place : mixValue(place, [origin]), content, offset), offset)
  }
}

function hashUnit(hash: number, content: Y.Item['content'], offset: number): number {
  if (content instanceof Y.ContentString) {
    // Where Yjs splits between two halves of one character, it makes U+FFFD of both: so halves count as that from the beginning.
    const unit = content.str.charCodeAt(offset)
    return mix(hash, unit >= 0xd800 && unit <= 0xdfff ? 0xfffd : unit)
  }
  const { arr, embed, key, value } = content as Partial<Y.ContentAny & Y.ContentEmbed & Y.ContentFormat>
  return mixValue(hash, [content.getRef(), arr?.[offset] ?? embed, key, value])
}
