/** Who a peer is, in tests of the net floor: every one the same writer of one document, on a device of its own. */
import { generateKeyPairSync, webcrypto } from 'node:crypto'
import type { Identity, Introduction } from '#net/handshake'
import { inHex } from '#net/hex'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const signingKey = await webcrypto.subtle.importKey(
  'pkcs8',
  privateKey.export({ type: 'pkcs8', format: 'der' }),
  'Ed25519',
  false,
  ['sign'],
)
/** The last 32 bytes of its SubjectPublicKeyInfo (RFC 8410, section 4). */
const rawPublicKey = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }).subarray(-32))

/** A new device that writes, or only reads, the one document of all tests. */
export function newIdentity(role: 'write' | 'read' = 'write'): Identity {
  return {
    publicKey: rawPublicKey,
    signingKey: role === 'write' ? signingKey : null,
    device: crypto.getRandomValues(new Uint8Array(16)),
    alwaysOn: false,
  }
}

/** What a peer is known as after a handshake. */
export function introduce(client: number, identity: Identity, schema = 1): Introduction {
  const { signingKey: key, alwaysOn, device } = identity
  return { client, schema, role: key === null ? 'read' : 'write', alwaysOn, device: inHex(device) }
}
