/**
 * A backup: the documents of a device with the links to them, in one file.
 *
 * The file is `MAGIC`, a byte that says whether it is locked, and records, each with its length in 4 bytes before it; the last one
 * is empty, so that a file which ends too early is known. A record is the length of its description in 4 bytes, the description
 * as JSON, and the document as a Yjs update. In a locked file 16 bytes of salt follow the byte, and each record is sealed with
 * AES-GCM (NIST SP 800-38D), its 12 bytes of nonce before it and its number as additional data, under a key that PBKDF2 makes
 * of a passphrase (RFC 8018; SHA-256, as many rounds as OWASP asks for since 2023).
 */
import { fieldsIn } from '#doc/untrusted'

const MAGIC = 'Inkmesh backup 1\n'
const ROUNDS = 600_000
const SALT = 16
const NONCE = 12

type Bytes = Uint8Array<ArrayBuffer>

/** One document of a backup. */
export interface Kept {
  /** The best link to it, with '#'. */
  fragment: string
  title: string
  /** When it was last opened and changed, and when it was put into the bin, or null; ms epoch. */
  opened: number
  edited: number
  removed: number | null
  /** The document as one Yjs update (v1). */
  update: Bytes
}

/** Whether a file says that it is a backup. Total on any file. */
export async function isBackup(file: Blob): Promise<boolean> {
  return (await file.slice(0, MAGIC.length).text()) === MAGIC
}

/** Whether a backup is locked with a passphrase. */
export const isLocked = async (file: Blob): Promise<boolean> =>
  new Uint8Array(await file.slice(MAGIC.length, MAGIC.length + 1).arrayBuffer())[0] === 1

/** A backup being written. Without a passphrase anybody who has it can read it. */
export class BackupWriter {
  readonly #parts: BlobPart[]
  readonly #key: CryptoKey | null
  #count = 0

  private constructor(parts: BlobPart[], key: CryptoKey | null) {
    this.#parts = parts
    this.#key = key
  }

  static async begin(passphrase: string | null): Promise<BackupWriter> {
    const salt = crypto.getRandomValues(new Uint8Array(SALT))
    const key = passphrase === null ? null : await keyOf(passphrase, salt)
    return new BackupWriter(key === null ? [MAGIC, Uint8Array.of(0)] : [MAGIC, Uint8Array.of(1), salt], key)
  }

  async add({ update, ...description }: Kept): Promise<void> {
    const text = new TextEncoder().encode(JSON.stringify(description))
    await this.#write(joined(lengthOf(text), text, update))
  }

  async end(): Promise<Blob> {
    await this.#write(new Uint8Array())
    return new Blob(this.#parts, { type: 'application/octet-stream' })
  }

  async #write(record: Bytes): Promise<void> {
    const sealed = this.#key === null ? record : await seal(this.#key, this.#count, record)
    this.#count++
    this.#parts.push(lengthOf(sealed), sealed)
  }
}

/** What became of reading a backup. */
export type BackupEnd =
  /** All of it was read. */
  | 'whole'
  /** The passphrase is another one, or none was given. */
  | 'locked'
  /** It ends too early, or is not as it was written: what was read before is right. */
  | 'damaged'

/** Reads a backup, one document at a time. Total on any file. */
export async function readBackup(
  file: Blob,
  passphrase: string | null,
  take: (kept: Kept) => Promise<void>,
): Promise<BackupEnd> {
  const locked = await isLocked(file)
  let at = MAGIC.length + 1
  const next = async (length: number): Promise<Bytes | null> => {
    const bytes = new Uint8Array(await file.slice(at, at + length).arrayBuffer())
    at += length
    return bytes.length === length ? bytes : null
  }
  const salt = locked ? await next(SALT) : null
  if (locked && (salt === null || passphrase === null)) return salt === null ? 'damaged' : 'locked'
  const key = salt === null || passphrase === null ? null : await keyOf(passphrase, salt)
  for (let count = 0; ; count++) {
    const head = await next(4)
    const sealed = head === null ? null : await next(new DataView(head.buffer).getUint32(0))
    if (sealed === null) return 'damaged'
    const record = key === null ? sealed : await open(key, count, sealed)
    // Nothing but the key can be wrong with the very first one, as far as there is any telling.
    if (record === null) return count === 0 ? 'locked' : 'damaged'
    if (record.length === 0) return at === file.size ? 'whole' : 'damaged'
    const kept = keptIn(record)
    if (kept === null) return 'damaged'
    await take(kept)
  }
}

function keptIn(record: Bytes): Kept | null {
  if (record.length < 4) return null
  const end = 4 + new DataView(record.buffer, record.byteOffset).getUint32(0)
  if (end > record.length) return null
  const description = fieldsIn(new TextDecoder().decode(record.subarray(4, end)))
  const { fragment, title, opened, edited, removed } = description
  if (typeof fragment !== 'string') return null
  const timeOf = (value: unknown): number | null => (Number.isFinite(value) ? Number(value) : null)
  return {
    fragment,
    title: typeof title === 'string' ? title : '',
    opened: timeOf(opened) ?? 0,
    edited: timeOf(edited) ?? 0,
    removed: timeOf(removed),
    update: record.slice(end),
  }
}

/** The same passphrase gives the same key however its letters are composed. */
async function keyOf(passphrase: string, salt: Bytes): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(passphrase.normalize('NFKC'))
  const material = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveKey'])
  const params = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS }
  return crypto.subtle.deriveKey(params, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

async function seal(key: CryptoKey, count: number, record: Bytes): Promise<Bytes> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: numberOf(count) }, key, record)
  return joined(iv, new Uint8Array(sealed))
}

/** Null when it was not sealed with this key at this place. */
async function open(key: CryptoKey, count: number, sealed: Bytes): Promise<Bytes | null> {
  const params = { name: 'AES-GCM', iv: sealed.slice(0, NONCE), additionalData: numberOf(count) }
  try {
    return new Uint8Array(await crypto.subtle.decrypt(params, key, sealed.slice(NONCE)))
  } catch (error) {
    if (error instanceof DOMException) return null
    throw error
  }
}

const lengthOf = ({ length }: Bytes): Bytes => numberOf(length)

function numberOf(value: number): Bytes {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

function joined(...parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
