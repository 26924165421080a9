/** What y-webrtc seals its messages with (its src/crypto.js, which `peerLinkAlias` in vite.config.ts finds): AES-GCM over lib0's `any` encoding. */
declare module 'y-webrtc/crypto' {
  /** PBKDF2 (RFC 8018) with 100,000 rounds of SHA-256, salted with the room's name. */
  export function deriveKey(secret: string, room: string): Promise<CryptoKey>
  export function encryptJson(data: unknown, key: CryptoKey): Promise<Uint8Array>
  /** Throws or rejects when `data` was not sealed with `key`. */
  export function decryptJson(data: Uint8Array, key: CryptoKey): Promise<unknown>
}
