/** The fields of an update in Yjs's first encoding, the only one that travels between peers. Nothing is made of what is passed over. */
import { Refused, type Fields } from './fields.ts'

/** As lib0 reads text. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text of more bytes than this is decoded, which is native and fast; shorter text is counted. */
const COUNTED = 96

const QUOTE = 0x22
const BACKSLASH = 0x5c
const BRACKET = 0x5b
const BRACKET_END = 0x5d
const BRACE = 0x7b
const BRACE_END = 0x7d

/** What a value begins with (lib0/encoding, writeAny). */
const UNDEFINED = 127
const NULL = 126
const INTEGER = 125
const FLOAT32 = 124
const FLOAT64 = 123
const BIGINT = 122
const FALSE = 121
const TRUE = 120
const TEXT = 119
const OBJECT = 118
const ARRAY = 117
const BYTES = 116

/** Whether JSON in `bytes` is nested deeper than `depth`. Total on what is no JSON. */
export function isDeeper(bytes: Uint8Array, from: number, to: number, depth: number): boolean {
  let level = 0
  let isText = false
  for (let i = from; i < to; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) isText = !isText
    else if (isText) {
      if (byte === BACKSLASH) i++
    } else if (byte === BRACE || byte === BRACKET) {
      if (++level > depth) return true
    } else if (byte === BRACE_END || byte === BRACKET_END) level--
  }
  return false
}

export class FieldsV1 implements Fields {
  idClient = 0
  idClock = 0
  readonly #bytes: Uint8Array
  readonly #end: number
  #at: number
  /** Where the last name of a shared type lies, and what it is. */
  #nameAt = 0
  #name = ''

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes
    this.#end = bytes.length
    this.#at = at
  }

  count(): number {
    const bytes = this.#bytes
    const first = bytes[this.#at]
    if (first !== undefined && first < 0x80) {
      this.#at++
      return first
    }
    let number = 0
    for (let factor = 1; this.#at < this.#end; factor *= 128) {
      const byte = bytes[this.#at++] ?? 0
      number += (byte & 0x7f) * factor
      if (number > Number.MAX_SAFE_INTEGER) throw new Refused('out-of-range')
      if (byte < 0x80) return number
    }
    throw new Refused('malformed')
  }

  client(): number {
    return this.count()
  }

  info(): number {
    return this.#byte()
  }

  leftId(): void {
    this.idClient = this.count()
    this.idClock = this.count()
  }

  rightId(): void {
    this.leftId()
  }

  isInRoot(): boolean {
    return this.count() === 1
  }

  root(names: Set<string>): void {
    const length = this.count()
    const at = this.#at
    this.#skip(length)
    if (length === this.#name.length && this.#isSame(at, length)) return
    const name = utf8.decode(this.#bytes.subarray(at, at + length))
    names.add(name)
    // Bytes are compared next time: only names that are a byte a character.
    if (name.length !== length) return
    this.#name = name
    this.#nameAt = at
  }

  #isSame(at: number, length: number): boolean {
    for (let i = 0; i < length; i++) if (this.#bytes[at + i] !== this.#bytes[this.#nameAt + i]) return false
    return length > 0
  }

  length(): number {
    return this.count()
  }

  type(): number {
    return this.count()
  }

  text(): number {
    const length = this.count()
    const at = this.#at
    this.#skip(length)
    if (length > COUNTED) return utf8.decode(this.#bytes.subarray(at, this.#at)).length
    let units = 0
    for (let i = at; i < this.#at; i++) {
      const byte = this.#bytes[i] ?? 0
      // What continues a character counts nothing, what begins one beyond the Basic Multilingual Plane counts twice. Text that is
      // no UTF-8 Yjs itself refuses, before it touches the document.
      if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1
    }
    return units
  }

  skipString(): void {
    this.#skip(this.count())
  }

  skipKey(): void {
    this.skipString()
  }

  skipBinary(): void {
    this.skipString()
  }

  skipAny(depth: number): void {
    switch (this.#byte()) {
      case UNDEFINED:
      case NULL:
      case FALSE:
      case TRUE:
        return
      case INTEGER:
        this.#skipInteger()
        return
      case FLOAT32:
        this.#skip(4)
        return
      case FLOAT64:
      case BIGINT:
        this.#skip(8)
        return
      case TEXT:
      case BYTES:
        this.skipString()
        return
      case OBJECT:
        if (depth === 0) throw new Refused('deep')
        for (let left = this.count(); left > 0; left--) {
          this.skipString()
          this.skipAny(depth - 1)
        }
        return
      case ARRAY:
        if (depth === 0) throw new Refused('deep')
        for (let left = this.count(); left > 0; left--) this.skipAny(depth - 1)
        return
      default:
        throw new Refused('malformed')
    }
  }

  /** Only its depth is looked at. JSON that is none Yjs itself refuses, before it touches the document. */
  skipJson(depth: number): void {
    const length = this.count()
    const at = this.#at
    this.#skip(length)
    if (isDeeper(this.#bytes, at, this.#at, depth)) throw new Refused('deep')
  }

  skipJsonString(depth: number): void {
    this.skipJson(depth)
  }

  beginDeletions(): void {
    // The second encoding begins to count anew here.
  }

  deletedClient(): number {
    return this.count()
  }

  deletedClock(): number {
    return this.count()
  }

  deletedLength(): number {
    return this.count()
  }

  end(): void {
    if (this.#at !== this.#end) throw new Refused('malformed')
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new Refused('malformed')
    return byte
  }

  #skip(length: number): void {
    if (length > this.#end - this.#at) throw new Refused('malformed')
    this.#at += length
  }

  /** The sign is in the first byte, and how long it is as in other numbers. */
  #skipInteger(): void {
    for (let most = 9; most > 0; most--) if (this.#byte() < 0x80) return
    throw new Refused('out-of-range')
  }
}
