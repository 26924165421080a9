import { expect, test } from 'vitest'
import { createLink, drawFragment } from '#doc/link'
import { findLink } from '#doc/mangled-link'
import { seeded } from '../../support/random.ts'

const SITE = 'https://inkmesh.example'
const encode = encodeURIComponent
/** As Proofpoint's filter writes an address. */
const proofpoint = (url: string): string =>
  url.replace(/[^A-Za-z\d./]/gu, (sign) => `-${sign.charCodeAt(0).toString(16).toUpperCase()}`).replace(/\//gu, '_')

/** What is done to links on their way. Each is given the fragment, with '#'. */
const MANGLES: Record<string, (fragment: string) => string> = {
  'as it is': (f) => f,
  'the whole address': (f) => `${SITE}/${f}`,
  'in a sentence': (f) => `Please look at ${SITE}/${f} before noon`,
  'a full stop behind': (f) => `${SITE}/${f}.`,
  'a comma behind': (f) => `${SITE}/${f},`,
  'a bracket behind': (f) => `(${SITE}/${f})`,
  'an angle bracket behind': (f) => `<${SITE}/${f}>`,
  'quotes around it': (f) => `“${SITE}/${f}”`,
  'a Korean particle behind': (f) => `${SITE}/${f}에서 봐요`,
  'a full-width stop behind': (f) => `${SITE}/${f}。`,
  'a word glued behind': (f) => `${SITE}/${f}thanks`,
  'an underscore behind': (f) => `_${SITE}/${f}_`,
  'the whole fragment encoded': (f) => `${SITE}/${encode(f)}`,
  'the sign of equality encoded': (f) => `${SITE}/${f.replace('=', '%3D')}`,
  'in lower case encoded': (f) => `${SITE}/${encode(f).toLowerCase().slice(0, 3)}${f.slice(1).replace('=', '%3d')}`,
  'encoded twice': (f) => `${SITE}/${encode(encode(f))}`,
  'a space behind, encoded': (f) => `${SITE}/${f}%20`,
  'a line end behind, encoded': (f) => `${SITE}/${f}%0D%0A`,
  'a space within, encoded': (f) => `${SITE}/${f.slice(0, 20)}%20${f.slice(20)}`,
  'zero-width signs within': (f) => `${SITE}/${f.slice(0, 30)}\u200B${f.slice(30)}\uFEFF`,
  'zero-width signs, encoded': (f) => `${SITE}/${f.slice(0, 22)}${encode('\u200B')}${f.slice(22)}${encode('\u200B')}`,
  'a soft hyphen within': (f) => `${SITE}/${f.slice(0, 17)}\u00AD${f.slice(17)}`,
  'a mark of direction in front': (f) => `\u200E${SITE}/\u202A${f}\u202C`,
  'a campaign behind': (f) => `${SITE}/${f}&utm_source=mail&utm_medium=link`,
  'a campaign in front': (f) => `${SITE}/?fbclid=IwAR0abc${f}`,
  'a question behind': (f) => `${SITE}/${f}?usp=sharing`,
  'broken into two lines': (f) => `${SITE}/${f.slice(0, 25)}\r\n${f.slice(25)}`,
  'broken and quoted': (f) => `> ${SITE}/${f.slice(0, 25)}\n> ${f.slice(25)}\n> Yours`,
  'quoted-printable': (f) => `${SITE}/${f.replace('=', '=3D').slice(0, 30)}=\n${f.replace('=', '=3D').slice(30)}`,
  'a slash before the role': (f) => `${SITE}/#/${f.slice(1)}`,
  'a bang before the role': (f) => `${SITE}/#!${f.slice(1)}`,
  'without the sign': (f) => f.slice(1),
  'in the path': (f) => `${SITE}/%23${f.slice(1)}`,
  'in the query': (f) => `${SITE}/?${f.slice(1)}`,
  'the role in capitals': (f) => f.replace(/^#\w/u, (head) => head.toUpperCase()),
  'full-width signs': (f) => f.replace('#', '＃').replace('=', '＝'),
  'escaped for Markdown': (f) => f.replace(/[-_]/gu, (sign) => `\\${sign}`),
  'a link in Markdown': (f) => `[the plan](${SITE}/${f} "Plan")`,
  'character references': (f) => `${SITE}/${f.replace('#', '&#35;').replace('=', '&#x3D;')}&amp;x=1`,
  'typographic dashes': (f) => f.replace(/--/gu, '—').replace(/-/gu, '–'),
  'a safe link of Outlook': (f) =>
    `https://eur01.safelinks.protection.outlook.com/?url=${encode(`${SITE}/${f}`)}&data=05%7C02%7Cada%40example.com%7C&sdata=x%3D&reserved=0`,
  'a redirect of Google': (f) =>
    `https://www.google.com/url?q=${encode(`${SITE}/${f}`)}&sa=D&source=docs&ust=1764200000`,
  'a redirect of Facebook': (f) => `https://l.facebook.com/l.php?u=${encode(`${SITE}/${f}`)}&h=AT0xyz`,
  'a safe link in a redirect': (f) =>
    `https://slack-redir.net/link?url=${encode(`https://eur01.safelinks.protection.outlook.com/?url=${encode(`${SITE}/${f}`)}&data=x`)}`,
  'Proofpoint 2': (f) =>
    `https://urldefense.proofpoint.com/v2/url?u=${proofpoint(`${SITE}/${f}`)}&d=DwMFaQ&c=abc&r=def&m=ghi&s=jkl&e=`,
  'Proofpoint 3': (f) => `https://urldefense.com/v3/__${SITE}/${f.replace('#', '*')}__;Iw!!Abc!def$`,
}

test('a link opens whatever was done to it on its way', async () => {
  const links = await Promise.all(Array.from({ length: 8 }, createLink))
  const fragments = links.flatMap((link) => [link.editFragment ?? '', link.suggestFragment ?? '', link.viewFragment])
  // All that may stand in a secret.
  fragments.push('#edit=AmJG0vydWL1mfZZcOaDpMMk-ae4cttQuXPDBKjJfdIKym04c')
  expect(Object.keys(MANGLES).length).toBeGreaterThanOrEqual(40)
  const lost: string[] = []
  for (const [name, mangle] of Object.entries(MANGLES)) {
    for (const fragment of fragments) {
      if ((await findLink(mangle(fragment)))?.fragment !== fragment) lost.push(`${name}: ${mangle(fragment)}`)
    }
  }
  expect(lost).toEqual([])
})

test('the first of several links is the one that opens, and what is none is passed over', async () => {
  const [first, second] = await Promise.all([createLink(), createLink()])
  const text = `#view=short edit=${'A'.repeat(48)} ${first.viewFragment} ${second.fragment}`
  expect(await findLink(text)).toMatchObject({ fragment: first.viewFragment })
})

test('no text but a link opens anything', async () => {
  for (const text of [
    '',
    '#',
    'edit=',
    '%',
    '%%%23edit%',
    '#help',
    `#edit=${'_'.repeat(200_000)}`,
    '\uD800#edit=\uDC00',
  ])
    expect(await findLink(text)).toBeNull()
  const random = seeded(7)
  for (let i = 0; i < 200; i++) {
    const text = Array.from({ length: 300 }, () => random.pick(Array.from('editviewsuggest=#%2D-_ A\n'))).join('')
    expect(await findLink(text)).toBeNull()
  }
})

test('of 10,000 links with random faults none opens another document', async () => {
  const random = seeded(8)
  const { fragment, suggestFragment, viewFragment } = await createLink()
  const signs = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
  let refused = 0
  for (let i = 0; i < 10_000; i++) {
    const sound = random.pick([fragment, suggestFragment ?? '', viewFragment])
    const all = Array.from(sound)
    for (let faults = 1 + random.below(3); faults > 0; faults--) {
      const at = sound.indexOf('=') + 1 + random.below(all.length - sound.indexOf('=') - 1)
      all.splice(at, random.below(2), ...(random.chance(0.6) ? [random.pick(signs)] : []))
    }
    const found = await findLink(all.join(''))
    // The fault may be behind the link, or in bits of the last sign that say nothing.
    if (found === null) refused++
    else expect([fragment, suggestFragment, viewFragment]).toContain(found.fragment)
  }
  expect(refused).toBeGreaterThan(9_000)
})

test('of 20,000 new links none ends in a sign that mail and chat leave out', async () => {
  for (let i = 0; i < 20_000; i += 500) {
    const fragments = await Promise.all(Array.from({ length: 500 }, drawFragment))
    for (const fragment of fragments) expect(fragment).toMatch(/[^-_]$/u)
  }
})
