/** What stands for this device, so that its copies of a document are counted once. */

const KEY = 'inkmesh-device'
const NAME_BYTES = 16

/** Where the browser keeps nothing, this page is a device of its own. */
let own: string | null = null

/**
 * 16 bytes that stand for this device in the room `topic`, the same each time. From another topic's they cannot be told
 * to be the same device.
 */
export async function deviceName(topic: string): Promise<Uint8Array<ArrayBuffer>> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${secret()} ${topic}`))
  return new Uint8Array(digest).slice(0, NAME_BYTES)
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
