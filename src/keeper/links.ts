/** What a keeper is asked to keep: edit links, as people copy them. What is wrong with one is told without showing it. */
import { openLink, type Link } from '#doc/link'

/** A document to keep. */
export interface Assignment {
  link: Link
  /** Origins of the relays through which its people meet, such as 'https://write.example.org'. */
  origins: string[]
}

/** A link that cannot be kept; the message says why, and never holds the link. */
export class LinkError extends Error {}

/**
 * Opens links: whole addresses, or fragments where `relay` names an origin. A document named twice is kept once, and met
 * through the relays of both. Rejects with a LinkError.
 */
export async function openLinks(texts: readonly string[], relay: string | null = null): Promise<Assignment[]> {
  const assignments = new Map<string, Assignment>()
  for (const [index, text] of texts.entries()) {
    const name = texts.length === 1 ? 'The link' : `Link ${index + 1}`
    const { origin, fragment } = splitAddress(text, name, relay)
    const link = await openLink(fragment)
    if (link === null) throw new LinkError(`${name} is damaged: it must be copied whole, up to its last character.`)
    if (link.role !== 'edit') throw new LinkError(viewLinkRefusal(name))
    const known = assignments.get(link.topic)
    if (known === undefined) assignments.set(link.topic, { link, origins: [origin] })
    else if (!known.origins.includes(origin)) known.origins.push(origin)
  }
  return [...assignments.values()]
}

/** Reads a list of links: one a line; empty lines, and lines that begin with '# ', say nothing. */
export const readLinkList = (text: string): string[] =>
  text
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '#' && !line.startsWith('# '))

/** The origin of a relay's address; null when it is none. */
export function originOf(address: string): string | null {
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || !['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol)) return null
  return url.origin === 'null'
    ? `${url.protocol.replace(/^ws/u, 'http')}//${url.host}`
    : url.origin.replace(/^ws/u, 'http')
}

function splitAddress(text: string, name: string, relay: string | null): { origin: string; fragment: string } {
  const [address = '', fragment] = text.trim().split(/#(.*)/su)
  const origin = address === '' ? relay : originOf(address)
  if (fragment === undefined || fragment === '') {
    throw new LinkError(`${name} is no document link: it should look like https://write.example.org/#edit=…`)
  }
  if (origin === null) throw new LinkError(`${name} has no address before its '#': give it, or name one with --relay.`)
  return { origin, fragment }
}

const viewLinkRefusal = (name: string): string =>
  `${name} is no edit link. A keeper needs an edit link: people take a document only from those who can prove that they may write.`
