/**
 * What an update is made of, read without building any of it: the second look that the gate takes, before Yjs's own.
 *
 * Yjs trusts what it applies. A struct of length 0 makes it deaf or blind for good, a clock beyond 2^53 makes a copy that cannot
 * be compared, deep content overflows the stack in the middle of a transaction. So every struct is walked here first, and
 * what Yjs itself would never have written is refused. Formats: `yjs/src/utils/encoding.js`, `UpdateEncoder.js`.
 */
import { Refused, type Fault, type Fields } from './fields.ts'
import { FieldsV1 } from './fields-v1.ts'

/** What a well-formed update needs and brings. Clocks are those that follow the last: what is there ends before them. */
export interface Outline {
  /** What must have been there before, per client: where its structs begin, and what it passes over. */
  readonly after: ReadonlyMap<number, number>
  /** What its structs and deletions speak of, per client: there already, or brought along. */
  readonly refers: ReadonlyMap<number, number>
  /** Up to where its structs reach, per client. */
  readonly brings: ReadonlyMap<number, number>
  /** The shared types of the document that it names. */
  readonly roots: ReadonlySet<string>
  /** Whether it formats text by Yjs's own means, and whether it makes shared types within shared types. */
  readonly hasFormats: boolean
  readonly hasTypes: boolean
}

/** Most levels of arrays and objects within one another. */
const MAX_DEPTH = 64

/** Structs may be declared up to this number, and beyond it as many as four a byte: 25 bytes of v2 can declare 3 million. */
const DECLARED_FREE = 65_536
const DECLARED_PER_BYTE = 4

/** Bits of a struct's first byte (yjs/src/structs/Item.js). */
const KIND = 0b0001_1111
const HAS_ORIGIN = 0b1000_0000
const HAS_RIGHT_ORIGIN = 0b0100_0000
const HAS_KEY = 0b0010_0000

/** Kinds of structs, by their number in an update. */
const GC = 0
const DELETED = 1
const JSONS = 2
const BINARY = 3
const STRING = 4
const EMBED = 5
const FORMAT = 6
const TYPE = 7
const ANY = 8
const DOCUMENT = 9
const SKIP = 10

/** Y.Array, Y.Map, Y.Text, Y.XmlElement, Y.XmlFragment, Y.XmlHook, Y.XmlText; two of them have a name. */
const TYPES = 7
const XML_ELEMENT = 3
const XML_HOOK = 5

/** Reads what an update (v1) is made of; or says why no copy may take it. Total on any bytes. */
export function outlineOf(update: Uint8Array): Outline | Fault {
  return read(() => new FieldsV1(update), update.length)
}

/** Whether bytes are an update (v1) that brings something. Total on any bytes; hardly any text is one by accident. */
export function isUpdate(bytes: Uint8Array): boolean {
  const outline = outlineOf(bytes)
  return typeof outline !== 'string' && outline.brings.size > 0
}

/** The same for the fields of another version of the encoding. */
export function read(open: () => Fields, bytes: number): Outline | Fault {
  try {
    const walk = new Walk(open(), DECLARED_FREE + DECLARED_PER_BYTE * bytes)
    walk.structs()
    walk.deletions()
    return walk
  } catch (error) {
    if (error instanceof Refused) return error.fault
    // The decoders of lib0 and of the browser throw Errors on bytes that are none of theirs.
    if (error instanceof Error) return 'malformed'
    throw error
  }
}

/** Whether bytes are a state vector that Yjs can read. Total on any bytes. */
export function isStateVector(bytes: Uint8Array): boolean {
  try {
    const fields = new FieldsV1(bytes)
    for (let left = 2 * fields.count(); left > 0; left--) fields.count()
    fields.end()
    return true
  } catch (error) {
    if (error instanceof Refused) return false
    throw error
  }
}

class Walk implements Outline {
  readonly after = new Map<number, number>()
  readonly refers = new Map<number, number>()
  readonly brings = new Map<number, number>()
  readonly roots = new Set<string>()
  hasFormats = false
  hasTypes = false
  readonly #fields: Fields
  #allowance: number
  /** Whom the last reference was to, and up to where: most follow one another. */
  #referred = -1
  #reach = 0

  constructor(fields: Fields, allowance: number) {
    this.#fields = fields
    this.#allowance = allowance
  }

  structs(): void {
    const fields = this.#fields
    for (let sections = fields.count(); sections > 0; sections--) {
      const structs = this.#charge(fields.count())
      const client = fields.client()
      const begin = fields.count()
      if (this.brings.has(client)) throw new Refused('repeated')
      if (structs === 0) throw new Refused('empty')
      this.after.set(client, begin)
      let clock = begin
      for (let i = 0; i < structs; i++) clock = this.#add(clock, this.#struct(client, clock))
      this.brings.set(client, clock)
    }
  }

  deletions(): void {
    const fields = this.#fields
    const seen = new Set<number>()
    for (let sections = fields.count(); sections > 0; sections--) {
      fields.beginDeletions()
      const client = fields.deletedClient()
      const ranges = this.#charge(fields.count())
      if (seen.has(client)) throw new Refused('repeated')
      seen.add(client)
      for (let i = 0; i < ranges; i++) {
        const clock = fields.deletedClock()
        this.#refer(client, this.#add(clock, fields.deletedLength()))
      }
    }
    fields.end()
    this.#noteReach()
  }

  /** Counts what an update says that it holds against what its bytes can stand for. */
  #charge(declared: number): number {
    this.#allowance -= declared
    if (this.#allowance < 0) throw new Refused('overdeclared')
    return declared
  }

  #add(clock: number, length: number): number {
    if (length === 0) throw new Refused('empty')
    const end = clock + length
    if (end > Number.MAX_SAFE_INTEGER) throw new Refused('out-of-range')
    return end
  }

  /** One struct; its length. */
  #struct(client: number, clock: number): number {
    const fields = this.#fields
    const info = fields.info()
    const kind = info & KIND
    if (kind === GC) return fields.length()
    if (kind === SKIP) {
      const length = fields.count()
      this.after.set(client, this.#add(clock, length))
      return length
    }
    if ((info & HAS_ORIGIN) !== 0) {
      fields.leftId()
      this.#depend(client, clock)
    }
    if ((info & HAS_RIGHT_ORIGIN) !== 0) {
      fields.rightId()
      this.#depend(client, clock)
    }
    if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) === 0) {
      if (fields.isInRoot()) {
        fields.root(this.roots)
      } else {
        fields.leftId()
        this.#depend(client, clock)
      }
      if ((info & HAS_KEY) !== 0) fields.skipString()
    }
    return this.#content(kind)
  }

  /** A struct stands beside or in the one whose id was read last. */
  #depend(client: number, clock: number): void {
    const { idClient, idClock } = this.#fields
    if (idClient === client) {
      // What its author wrote before it is there when it is: sections have no gaps but those in `after`.
      if (idClock >= clock) throw new Refused('unordered')
    } else {
      this.#refer(idClient, this.#add(idClock, 1))
    }
  }

  #refer(client: number, end: number): void {
    if (client === this.#referred) {
      if (end > this.#reach) this.#reach = end
      return
    }
    this.#noteReach()
    this.#referred = client
    this.#reach = Math.max(end, this.refers.get(client) ?? 0)
  }

  #noteReach(): void {
    if (this.#referred >= 0) this.refers.set(this.#referred, this.#reach)
  }

  /** The content of an item; its length. */
  #content(kind: number): number {
    const fields = this.#fields
    switch (kind) {
      case DELETED:
        return fields.length()
      case JSONS: {
        const length = this.#charge(fields.length())
        for (let i = 0; i < length; i++) fields.skipJsonString(MAX_DEPTH)
        return length
      }
      case BINARY:
        fields.skipBinary()
        return 1
      case STRING:
        return fields.text()
      case EMBED:
        fields.skipJson(MAX_DEPTH)
        return 1
      case FORMAT:
        this.hasFormats = true
        fields.skipKey()
        fields.skipJson(MAX_DEPTH)
        return 1
      case TYPE: {
        this.hasTypes = true
        const type = fields.type()
        if (type >= TYPES) throw new Refused('malformed')
        if (type === XML_ELEMENT || type === XML_HOOK) fields.skipKey()
        return 1
      }
      case ANY: {
        const length = this.#charge(fields.length())
        for (let i = 0; i < length; i++) fields.skipAny(MAX_DEPTH)
        return length
      }
      case DOCUMENT:
        throw new Refused('subdocument')
      default:
        throw new Refused('malformed')
    }
  }
}
