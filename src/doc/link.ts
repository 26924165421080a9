/**
 * A document's link: one capability chain, each step a one-way derivation (HKDF-SHA-256, RFC 5869).
 *
 *     edit secret ─┬→ Ed25519 key pair (proves the right to write; RFC 8032)
 *                  └→ read secret ─┬→ signaling topic
 *                                  ├→ signaling key (y-webrtc's password)
 *                                  └→ name of the database on this device
 *
 * The secrets stand in the URL fragment, which browsers never send to a server:
 *
 *     #edit=base64url( version ‖ edit secret (32) ‖ check (3) )
 *     #view=base64url( version ‖ read secret (32) ‖ public key (32) ‖ check (3) )
 *
 * `check` is the head of SHA-256 over the role and all before it, so that a link cut short or mistyped is told from one
 * that merely leads to an empty document.
 */

const VERSION = 1
const SECRET_BYTES = 32
const KEY_BYTES = 32
const CHECK_BYTES = 3

/** The 16 bytes that precede an Ed25519 seed in PKCS #8 (RFC 8410, section 7). */
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20)

type Bytes = Uint8Array<ArrayBuffer>
type Role = 'edit' | 'view'

/** An opened link: what its holder can derive. */
export interface Link {
  role: Role
  /** What the relay sees: opaque, the same for both roles. */
  topic: string
  /** Encrypts signaling messages between the holders of a link. */
  signalingKey: string
  /** Name of this document's database on this device. */
  database: string
  /** Fragment, with '#', of the edit link; null for whoever holds a view link only. */
  editFragment: string | null
  /** Fragment, with '#', of the view link. */
  viewFragment: string
  /** Raw Ed25519 public key (32 bytes): checks proofs of the right to write. */
  publicKey: Bytes
  /** Signs such proofs; null for a view link. */
  signingKey: CryptoKey | null
}

/** A new document's link, from 32 random bytes. */
export function createLink(): Promise<Link> {
  return editLink(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)))
}

/** Opens a URL fragment (with or without '#'). Null when it is damaged or no document link at all. Total on any string. */
export async function openLink(fragment: string): Promise<Link | null> {
  const match = /^#?(edit|view)=([\w-]+)$/u.exec(fragment.trim())
  if (match === null) return null
  const role: Role = match[1] === 'edit' ? 'edit' : 'view'
  const payload = await unseal(role, match[2] ?? '')
  if (payload === null) return null
  return role === 'edit' ? editLink(payload) : viewLink(payload.slice(0, SECRET_BYTES), payload.slice(SECRET_BYTES))
}

/** Whether a fragment means to be a document link, sound or damaged. */
export const looksLikeLink = (fragment: string): boolean => /^#?(edit|view)=/u.test(fragment)

async function editLink(secret: Bytes): Promise<Link> {
  const [seed, readSecret] = await Promise.all([derive(secret, 'signing'), derive(secret, 'read')])
  const { signingKey, publicKey } = await keyPair(seed)
  const view = await viewLink(readSecret, publicKey)
  return { ...view, role: 'edit', signingKey, editFragment: await seal('edit', secret) }
}

async function viewLink(readSecret: Bytes, publicKey: Bytes): Promise<Link> {
  const [topic, signalingKey, database, viewFragment] = await Promise.all([
    derive(readSecret, 'topic'),
    derive(readSecret, 'signaling'),
    derive(readSecret, 'database'),
    seal('view', concat(readSecret, publicKey)),
  ])
  return {
    role: 'view',
    topic: toBase64url(topic.slice(0, 16)),
    signalingKey: toBase64url(signalingKey),
    database: `inkmesh-${toBase64url(database.slice(0, 16))}`,
    editFragment: null,
    viewFragment,
    publicKey,
    signingKey: null,
  }
}

async function derive(secret: Bytes, purpose: string): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const info = new TextEncoder().encode(`inkmesh ${VERSION} ${purpose}`)
  const params = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, 8 * SECRET_BYTES))
}

/** The key pair of an Ed25519 seed. WebCrypto gives the public half only through JWK export of the private one. */
async function keyPair(seed: Bytes): Promise<{ signingKey: CryptoKey; publicKey: Bytes }> {
  const pkcs8 = concat(PKCS8_PREFIX, seed)
  const exportable = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign'])
  const { x } = await crypto.subtle.exportKey('jwk', exportable)
  const publicKey = x === undefined ? null : fromBase64url(x)
  if (publicKey === null) throw new Error('Ed25519 key exported without its public half')
  return { publicKey, signingKey: await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']) }
}

async function seal(role: Role, payload: Bytes): Promise<string> {
  const body = concat(Uint8Array.of(VERSION), payload)
  return `#${role}=${toBase64url(concat(body, await checkOf(role, body)))}`
}

async function unseal(role: Role, text: string): Promise<Bytes | null> {
  const length = 1 + (role === 'edit' ? SECRET_BYTES : SECRET_BYTES + KEY_BYTES) + CHECK_BYTES
  const bytes = fromBase64url(text)
  if (bytes === null || bytes.length !== length || bytes[0] !== VERSION) return null
  const body = bytes.slice(0, -CHECK_BYTES)
  const check = await checkOf(role, body)
  return check.every((byte, i) => byte === bytes[body.length + i]) ? body.slice(1) : null
}

async function checkOf(role: Role, body: Bytes): Promise<Bytes> {
  const digest = await crypto.subtle.digest('SHA-256', concat(new TextEncoder().encode(role), body))
  return new Uint8Array(digest).slice(0, CHECK_BYTES)
}

function concat(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function toBase64url(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/gu, '-')
    .replace(/\//gu, '_')
    .replace(/=+$/u, '')
}

function fromBase64url(text: string): Bytes | null {
  if (!/^[\w-]*$/u.test(text) || text.length % 4 === 1) return null
  const binary = atob(text.replace(/-/gu, '+').replace(/_/gu, '/'))
  return Uint8Array.from(binary, (char) => char.charCodeAt(0))
}
