/**
 * A document's link: one capability chain, each step a one-way derivation (HKDF-SHA-256, RFC 5869).
 *
 *     edit secret ─┬→ Ed25519 key pair (proves the right to write; RFC 8032)
 *                  └→ suggest secret ─┬→ Ed25519 key pair (proves the right to suggest and to comment)
 *                                     └→ read secret ─┬→ signaling topic
 *                                                     ├→ signaling key (y-webrtc's password)
 *                                                     └→ name of the database on this device
 *
 * The secrets stand in the URL fragment, which browsers never send to a server:
 *
 *     #edit=base64url( version ‖ edit secret (32) ‖ check (3) )
 *     #suggest=base64url( version ‖ suggest secret (32) ‖ public key of the right to write (32) ‖ check (3) )
 *     #view=base64url( version ‖ read secret (32) ‖ SHA-256 of both public keys (32) ‖ check (3) )
 *
 * `check` is the head of SHA-256 over the role and all before it, so that a link cut short or mistyped is told from one
 * that merely leads to an empty document.
 */

const VERSION = 2
const SECRET_BYTES = 32
const CHECK_BYTES = 3

/** The 16 bytes that precede an Ed25519 seed in PKCS #8 (RFC 8410, section 7). */
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20)

type Bytes = Uint8Array<ArrayBuffer>
export type LinkRole = 'edit' | 'suggest' | 'view'

/** What shows a right: the key that signs for it, and both public keys, which whoever checks knows the digest of. */
export interface Credential {
  right: 'write' | 'suggest'
  signingKey: CryptoKey
  /** The raw Ed25519 public keys of the rights to write and to suggest, one after the other (64 bytes). */
  publicKeys: Bytes
}

/** An opened link: what its holder can derive. */
export interface Link {
  role: LinkRole
  /** The fragment, with '#', that opens it again. */
  fragment: string
  /** What the relay sees: opaque, the same for all roles. */
  topic: string
  /** Encrypts signaling messages between the holders of a link. */
  signalingKey: string
  /** Name of this document's database on this device. */
  database: string
  /** Fragments, with '#', of the links that can be made from this one; null where the right is missing. */
  editFragment: string | null
  suggestFragment: string | null
  viewFragment: string
  /** SHA-256 (32 bytes) of both public keys: what somebody shows who has a right is checked against it. */
  keyDigest: Bytes
  /** Null for a view link. */
  credential: Credential | null
}

/** How many signs follow a role in a fragment. */
export const secretLengths: Readonly<Record<LinkRole, number>> = { edit: 48, suggest: 91, view: 91 }

/** A new document's link, from 32 random bytes. */
export async function createLink(): Promise<Link> {
  const link = await openLink(await drawFragment())
  if (link === null) throw new Error('A new link does not open')
  return link
}

/** The fragment of a new edit link. Mail and chat take '-' and '_' at the end for punctuation, so none ends so. */
export async function drawFragment(): Promise<string> {
  const fragment = await seal('edit', crypto.getRandomValues(new Uint8Array(SECRET_BYTES)))
  return /[-_]$/u.test(fragment) ? drawFragment() : fragment
}

/** Opens a URL fragment (with or without '#'). Null when it is damaged or no document link at all. Total on any string. */
export async function openLink(fragment: string): Promise<Link | null> {
  const { role, bytes } = partsOf(fragment) ?? {}
  if (role === undefined || bytes?.[0] !== VERSION) return null
  const body = bytes.slice(0, -CHECK_BYTES)
  const check = await checkOf(role, body)
  if (check.some((byte, i) => byte !== bytes[body.length + i])) return null
  const secret = body.slice(1, 1 + SECRET_BYTES)
  const rest = body.slice(1 + SECRET_BYTES)
  return role === 'edit' ? editLink(secret) : role === 'suggest' ? suggestLink(secret, rest) : viewLink(secret, rest)
}

/** Whether a fragment means to be a document link, sound or damaged. */
export const looksLikeLink = (fragment: string): boolean => /^#?(edit|suggest|view)=/u.test(fragment)

/** Whether a fragment is a link of the preview, whose documents are found at other places. */
export const isPreviewLink = (fragment: string): boolean => partsOf(fragment)?.bytes[0] === 1

/** What a fragment of a link's form and length is made of. */
function partsOf(fragment: string): { role: LinkRole; bytes: Bytes } | null {
  const [, role, text = ''] = /^#?(edit|suggest|view)=([\w-]+)$/u.exec(fragment.trim()) ?? []
  if (role === undefined) return null
  const bytes = text.length === secretLengths[role as LinkRole] ? fromBase64url(text) : null
  return bytes && { role: role as LinkRole, bytes }
}

async function editLink(secret: Bytes): Promise<Link> {
  const [pair, suggestSecret, editFragment] = await Promise.all([
    derive(secret, 'write key').then(keyPair),
    derive(secret, 'suggest'),
    seal('edit', secret),
  ])
  const link = await suggestLink(suggestSecret, pair.publicKey)
  if (link.credential === null) throw new Error('A suggest link without its key')
  const { publicKeys } = link.credential
  return {
    ...link,
    role: 'edit',
    fragment: editFragment,
    editFragment,
    credential: { right: 'write', signingKey: pair.signingKey, publicKeys },
  }
}

async function suggestLink(secret: Bytes, writeKey: Bytes): Promise<Link> {
  const [pair, readSecret, suggestFragment] = await Promise.all([
    derive(secret, 'suggest key').then(keyPair),
    derive(secret, 'read'),
    seal('suggest', concat(secret, writeKey)),
  ])
  const publicKeys = concat(writeKey, pair.publicKey)
  const link = await viewLink(readSecret, await digestOf(publicKeys))
  return {
    ...link,
    role: 'suggest',
    fragment: suggestFragment,
    suggestFragment,
    credential: { right: 'suggest', signingKey: pair.signingKey, publicKeys },
  }
}

async function viewLink(readSecret: Bytes, keyDigest: Bytes): Promise<Link> {
  const [topic, signalingKey, database, viewFragment] = await Promise.all([
    derive(readSecret, 'topic'),
    derive(readSecret, 'signaling'),
    derive(readSecret, 'database'),
    seal('view', concat(readSecret, keyDigest)),
  ])
  return {
    role: 'view',
    fragment: viewFragment,
    topic: toBase64url(topic.slice(0, 16)),
    signalingKey: toBase64url(signalingKey),
    database: `inkmesh-${toBase64url(database.slice(0, 16))}`,
    editFragment: null,
    suggestFragment: null,
    viewFragment,
    keyDigest,
    credential: null,
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

async function seal(role: LinkRole, payload: Bytes): Promise<string> {
  const body = concat(Uint8Array.of(VERSION), payload)
  return `#${role}=${toBase64url(concat(body, await checkOf(role, body)))}`
}

async function checkOf(role: LinkRole, body: Bytes): Promise<Bytes> {
  return (await digestOf(concat(new TextEncoder().encode(role), body))).slice(0, CHECK_BYTES)
}

const digestOf = async (bytes: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

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
