/** Who a peer is, in tests of the net floor: every one the same writer of one document, on a device of its own. */
import { createLink, openLink } from '#doc/link'
import type { Role } from '#net/link/frames'
import type { Identity, Introduction } from '#net/link/handshake'
import { inHex } from '#doc/hex'

const edit = await createLink()
const suggest = await openLink(edit.suggestFragment ?? '')
const credentials = { write: edit.credential, suggest: suggest?.credential ?? null, read: null }

/** A new device that writes, suggests, or only reads, in the one document of all tests. */
export function newIdentity(role: Role = 'write'): Identity {
  return {
    keyDigest: edit.keyDigest,
    credential: credentials[role],
    device: crypto.getRandomValues(new Uint8Array(16)),
    alwaysOn: false,
  }
}

/** What a peer is known as after a handshake. */
export function introduce(client: number, identity: Identity, schema = 1): Introduction {
  const { credential, alwaysOn, device } = identity
  return { client, schema, role: credential?.right ?? 'read', alwaysOn, device: inHex(device) }
}
