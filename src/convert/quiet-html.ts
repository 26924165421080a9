/**
 * HTML as text, made quiet.
 *
 * Parsing foreign HTML runs nothing, even where it says `onerror=` or `<style>`; but under a strict Content-Security-Policy
 * the browser reports each of these, in whatever inert document it is parsed. So they are renamed before. This is no
 * safeguard: what may come through is decided by the reader's list of what it knows.
 */

/** The name under which an inline style arrives. */
export const QUIET_STYLE = 'data-style'

/**
 * Elements under another name: readers pass over both alike, and what the new one holds is parsed alike or, for pictures
 * and formulas, by the rules of HTML instead of XML's.
 */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['style', 'title'],
  ['svg', 'template'],
  ['math', 'template'],
])

/** Elements whose content is text up to their own end tag, whatever it looks like (WHATWG HTML, 13.2.5). */
const RAW = new Set(['script', 'style', 'title', 'textarea', 'xmp', 'iframe', 'noembed', 'noframes'])

const COMMENT = /<!--(?:-?>|[^]*?--!?>|[^]*$)/uy
const TAG = /<\/?([a-z][^\t\n\f\r />]*)/iuy
const SELF_CLOSING = /[\t\n\f\r ]*\/>/uy
const ATTRIBUTE =
  /([\t\n\f\r /]*)([^\t\n\f\r />][^\t\n\f\r />=]*)([\t\n\f\r ]*=[\t\n\f\r ]*(?:"[^"]*"?|'[^']*'?|[^\t\n\f\r >]*))?/uy

/** The same HTML without inline styles (kept as `data-style`), event handlers and style sheets. Linear in its length. */
export function quietHtml(html: string): string {
  let quiet = ''
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(html)
    if (match !== null) at = pattern.lastIndex
    return match
  }
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open === -1) break
    quiet += html.slice(at, open)
    at = open
    const comment = take(COMMENT)
    const tag = comment ?? take(TAG)
    if (tag === null) {
      quiet += '<'
      at++
      continue
    }
    if (comment !== null) continue
    const name = (tag[1] ?? '').toLowerCase()
    const renamed = RENAMED.get(name)
    quiet += renamed === undefined ? tag[0] : tag[0].replace(/[^</]+$/u, renamed)
    for (let attribute = take(ATTRIBUTE); attribute !== null; attribute = take(ATTRIBUTE)) {
      const [whole, space = '', label = '', value = ''] = attribute
      quiet += /^style$/iu.test(label) ? `${space}${QUIET_STYLE}${value}` : /^on/iu.test(label) ? '' : whole
    }
    // Only XML's elements may end where they begin.
    if (renamed === 'template' && take(SELF_CLOSING) !== null) quiet += '></template>'
    if (RAW.has(name) && !tag[0].startsWith('</')) {
      const end = html.slice(at).search(new RegExp(`</${name}(?=[\\t\\n\\f\\r />])`, 'iu'))
      const content = end === -1 ? html.length : at + end
      quiet += html.slice(at, content)
      at = content
    }
  }
  return quiet + html.slice(at)
}
