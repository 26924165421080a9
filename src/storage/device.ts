/** What stands for this device in one document: its copies are counted once, and what it wrote is one author's. */

const KEY = 'inkmesh-device'
const NAME_BYTES = 16
const AUTHOR_BYTES = 8

/** Where the browser keeps nothing, this page is a device of its own. */
let own: string | null = null

/**
 * 16 bytes that stand for this device in the room `topic`, the same each time. From another topic's they cannot be told
 * to be the same device.
 */
export async function deviceName(topic: string): Promise<Uint8Array<ArrayBuffer>> {
  return (await digestOf(`${secret()} ${topic}`)).slice(0, NAME_BYTES)
}

/**
 * What stands for this device among the authors of the document with this topic, the same each time. Neither from another
 * document's nor from the device's name in the room can it be told to be the same device.
 */
export async function authorId(topic: string): Promise<string> {
  const bytes = (await digestOf(`${secret()} author ${topic}`)).slice(0, AUTHOR_BYTES)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function digestOf(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

function secret(): string {
  own ??= readSecret()
  return own
}

function readSecret(): string {
  const fresh = crypto.randomUUID()
  try {
    const kept = localStorage.getItem(KEY)
    if (kept !== null) return kept
    localStorage.setItem(KEY, fresh)
  } catch (error) {
    console.info('This page counts as a device of its own:', error)
  }
  return fresh
}
