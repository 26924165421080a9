import { expect, test } from 'vitest'
import { createLink } from '#doc/link'
import { LinkError, openLinks, originOf, readLinkList } from '../../src/keeper/links.ts'

const SITE = 'https://write.example.org'

test('edit links are opened with the relay of their address', async () => {
  const { editFragment, topic } = await createLink()
  const [assignment] = await openLinks([`${SITE}/?debug${editFragment ?? ''}`])
  expect([assignment?.link.topic, assignment?.origins]).toEqual([topic, [SITE]])
  const [other] = await openLinks([` ${editFragment ?? ''} `], 'http://localhost:4444')
  expect(other?.origins).toEqual(['http://localhost:4444'])
})

test('a document named twice is kept once, through the relays of both', async () => {
  const { editFragment } = await createLink()
  const links = [
    `${SITE}/${editFragment ?? ''}`,
    `${SITE}/#${editFragment?.slice(1) ?? ''}`,
    `http://[::1]:4444/${editFragment ?? ''}`,
  ]
  expect((await openLinks(links)).map(({ origins }) => origins)).toEqual([[SITE, 'http://[::1]:4444']])
})

test('what cannot be kept is refused in words that do not show it', async () => {
  const { editFragment, viewFragment } = await createLink()
  const sound = `${SITE}/${editFragment ?? ''}`
  const cases: [string, RegExp][] = [
    [`${SITE}/${viewFragment}`, /no edit link/u],
    [sound.slice(0, -1), /damaged/u],
    [editFragment ?? '', /no address/u],
    [SITE, /no document link/u],
    ['', /no document link/u],
    [`ftp://example.org/${editFragment ?? ''}`, /no address/u],
  ]
  for (const [link, words] of cases) {
    const error: unknown = await openLinks([sound, link]).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(LinkError)
    const { message } = error as LinkError
    expect(message).toMatch(words)
    expect(message).toMatch(/^Link 2 /u)
    for (const secret of [editFragment, viewFragment]) expect(message).not.toContain(secret?.slice(6, 20))
  }
})

test('a list of links has empty lines and remarks', () => {
  expect(readLinkList('\n# Of the office\r\nhttps://a/#edit=1\n\n  #edit=2  \n#\n')).toEqual([
    'https://a/#edit=1',
    '#edit=2',
  ])
})

test('relays are named by any of their addresses', () => {
  expect(originOf('wss://write.example.org/signal')).toBe(SITE)
  expect(originOf('ws://localhost:4444/signal')).toBe('http://localhost:4444')
  expect(originOf('https://write.example.org/#edit=x')).toBe(SITE)
  for (const bad of ['', 'write.example.org', 'ftp://x', 'javascript:1', 'data:,x']) expect(originOf(bad)).toBeNull()
})
