/** The fields of an update in Yjs's second encoding, which no peer sends: for updates that come in files. */
import * as decoding from 'lib0/decoding'
import { UpdateDecoderV2, type ID } from 'yjs'
import { Refused, type Fault, type Fields } from './fields.ts'
import { FieldsV1, isDeeper } from './fields-v1.ts'
import { read, type Outline } from './structure.ts'

/** Reads what an update in the second encoding is made of, as `outlineOf` does for the first. Total on any bytes. */
export const outlineOfV2 = (update: Uint8Array): Outline | Fault => read(() => new FieldsV2(update), update.length)

/** Columns are read by Yjs's decoder, all that is not in a column as in the first encoding. Ended columns go on for ever. */
class FieldsV2 implements Fields {
  idClient = 0
  idClock = 0
  readonly #columns: UpdateDecoderV2
  readonly #rest: FieldsV1
  #deleted = 0

  constructor(update: Uint8Array) {
    this.#columns = new UpdateDecoderV2(decoding.createDecoder(update as Uint8Array<ArrayBuffer>))
    const { arr, pos } = this.#columns.restDecoder
    this.#rest = new FieldsV1(arr, pos)
  }

  count(): number {
    return this.#rest.count()
  }

  client(): number {
    return natural(this.#columns.readClient())
  }

  info(): number {
    return this.#columns.readInfo()
  }

  leftId(): void {
    this.#keep(this.#columns.readLeftID())
  }

  rightId(): void {
    this.#keep(this.#columns.readRightID())
  }

  #keep({ client, clock }: ID): void {
    this.idClient = natural(client)
    this.idClock = natural(clock)
  }

  isInRoot(): boolean {
    return this.#columns.readParentInfo()
  }

  root(names: Set<string>): void {
    names.add(this.#columns.readString())
  }

  length(): number {
    return natural(this.#columns.readLen())
  }

  type(): number {
    return natural(this.#columns.readTypeRef())
  }

  text(): number {
    return this.#columns.readString().length
  }

  skipString(): void {
    this.#columns.readString()
  }

  skipKey(): void {
    this.#columns.readKey()
  }

  skipBinary(): void {
    this.#rest.skipBinary()
  }

  skipAny(depth: number): void {
    this.#rest.skipAny(depth)
  }

  skipJson(depth: number): void {
    this.#rest.skipAny(depth)
  }

  skipJsonString(depth: number): void {
    const json = new TextEncoder().encode(this.#columns.readString())
    if (isDeeper(json, 0, json.length, depth)) throw new Refused('deep')
  }

  beginDeletions(): void {
    this.#deleted = 0
  }

  deletedClient(): number {
    return this.#rest.count()
  }

  deletedClock(): number {
    this.#deleted = natural(this.#deleted + this.#rest.count())
    return this.#deleted
  }

  deletedLength(): number {
    const length = natural(this.#rest.count() + 1)
    this.#deleted = natural(this.#deleted + length)
    return length
  }

  end(): void {
    this.#rest.end()
  }
}

function natural(number: number): number {
  if (!Number.isSafeInteger(number) || number < 0) throw new Refused('out-of-range')
  return number
}
