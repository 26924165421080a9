/** What y-webrtc seals its messages with (its src/crypto.js, which `peerLinkAlias` in vite.config.ts finds): AES-GCM over lib0's `any` encoding. */
declare module 'y-webrtc/crypto' {
  export function encryptJson(data: unknown, key: CryptoKey): Promise<Uint8Array>
  /** Throws or rejects when `data` was not sealed with `key`. */
  export function decryptJson(data: Uint8Array, key: CryptoKey): Promise<unknown>
}
