/** The fields of an update, in the order in which Yjs reads them. Whoever reads them keeps no more than what it is asked for. */

/** Why an update is refused. */
export type Fault =
  /** It ends too early, goes on too long, or holds what no build of Yjs writes. */
  | 'malformed'
  /** A struct or a deletion of no length: Yjs finds nothing any more after it, or never speaks again. */
  | 'empty'
  /** A clock that no number of ours can hold. */
  | 'out-of-range'
  /** It declares more structs than its bytes can stand for. */
  | 'overdeclared'
  /** Content nested deeper than `MAX_DEPTH`. */
  | 'deep'
  /** A struct that stands beside, or in, one of its own author that came later. */
  | 'unordered'
  /** Two sections for one client. */
  | 'repeated'
  /** A document within a document. */
  | 'subdocument'

/** Thrown while an update is read, and caught where the reading began (`structure.ts`). */
export class Refused extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault)
    this.fault = fault
  }
}

/** What one version of the encoding has to offer. Every method throws where the bytes end too early. */
export interface Fields {
  /** The id read last. */
  readonly idClient: number
  readonly idClock: number
  /** A number that both versions write alike: how many follow, the first clock, the length of what is passed over. */
  count(): number
  client(): number
  info(): number
  leftId(): void
  rightId(): void
  /** Whether a struct stands in a shared type of the document, which is named next; or in another one, whose id follows. */
  isInRoot(): boolean
  /** Adds the name of the shared type to `names`. */
  root(names: Set<string>): void
  length(): number
  type(): number
  /** A text; its length in UTF-16 units. */
  text(): number
  skipString(): void
  skipKey(): void
  skipBinary(): void
  /** Passes over a value that may be nested `depth` deep. */
  skipAny(depth: number): void
  skipJson(depth: number): void
  skipJsonString(depth: number): void
  beginDeletions(): void
  deletedClient(): number
  deletedClock(): number
  deletedLength(): number
  /** Nothing must follow. */
  end(): void
}
