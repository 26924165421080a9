/**
 * Finds a document's link in whatever a messenger, a mail program or a filter has made of it. A link's length is known, so that
 * what follows it does no harm, and its check tells whether what was found is one (see `link.ts`).
 */
import { openLink, secretLengths, type Link, type LinkRole } from './link.ts'

/** Longest text that is looked through; more than any address, and less than what would be felt. */
const MAX_TEXT = 100_000

/** Most candidates that are checked. Of as many random ones, one in a million would pass for a link. */
const MAX_CANDIDATES = 16

/** A wrapper encodes what is in it, and another one encodes that again. */
const MAX_ENCODINGS = 4

/** What may be done to a text to find a link in it that was changed on its way. */
const REMEDIES: readonly ((text: string) => string)[] = [
  (text) => text,
  // Quoted-printable (RFC 2045, section 6.7): soft line breaks, and the sign that begins a code.
  (text) => text.replace(/=\r?\n/gu, '').replace(/=3D/gu, '='),
  // Broken into lines, quoted or not.
  (text) => text.replace(/[\s>|]+/gu, ''),
  // Markdown escapes, and dashes as a word processor likes them.
  (text) =>
    text
      .replace(/\\/gu, '')
      .replace(/[‐‑‒–−]/gu, '-')
      .replace(/—/gu, '--'),
  (text) => text.replace(/[–—]/gu, '--'),
  // Proofpoint URL Defense 2 writes '-XX' for what is not plain, and '_' for '/'.
  (text) =>
    text.replace(/_/gu, '/').replace(/-([\dA-F]{2})/gu, (_, code: string) => String.fromCharCode(parseInt(code, 16))),
]

/** The first whole document link in a text. Null when there is none. Total on any string. */
export async function findLink(text: string): Promise<Link | null> {
  const tried = new Set<string>()
  for (const reading of readingsOf(text)) {
    for (const [, name = '', run = ''] of reading.matchAll(/(edit|suggest|view)[=:/]{1,2}([\w-]+)/giu)) {
      const role = name.toLowerCase() as LinkRole
      const fragment = `#${role}=${run.slice(0, secretLengths[role])}`
      if (run.length < secretLengths[role] || tried.has(fragment)) continue
      if (tried.size === MAX_CANDIDATES) return null
      tried.add(fragment)
      const link = await openLink(fragment)
      if (link !== null) return link
    }
  }
  return null
}

/** What a text may have been: decoded again and again, and each time without what is usually done to links. */
function* readingsOf(text: string): Iterable<string> {
  // Signs that cannot be seen, and full-width ones for those of the address.
  let decoded = text
    .slice(0, MAX_TEXT)
    .replace(/[\p{Cf}\uFE00-\uFE0F]/gu, '')
    .normalize('NFKC')
  for (let i = 0; i <= MAX_ENCODINGS; i++) {
    for (const remedy of REMEDIES) yield remedy(decoded)
    const next = decode(decoded)
    if (next === decoded) return
    decoded = next
  }
}

/**
 * Percent-encoding (RFC 3986, section 2.1) and character references (HTML, section 13.5), decoded once. Nothing but ASCII is in a
 * link: the rest is left out.
 */
const decode = (text: string): string =>
  text
    .replace(/%[89A-F][\dA-F]/giu, '')
    .replace(/%([2-7][\dA-F])/giu, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(/&#(?:x([\da-f]{1,4})|(\d{1,5}));/giu, (_, hex?: string, decimal?: string) =>
      String.fromCharCode(hex === undefined ? Number(decimal) : parseInt(hex, 16)),
    )
    .replace(/&amp;/giu, '&')
    .replace(/&equals;/giu, '=')
