import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, dirname } from 'node:path'
import { describe, expect, test } from 'vitest'

/** What each floor may import of the project, besides itself (ARCHITECTURE.md, "Floors"). */
const allowed: Record<string, readonly string[]> = {
  'src/doc': [],
  'src/convert': ['src/doc'],
  'src/editor': ['src/doc', 'src/convert'],
  'src/net': ['src/doc', 'signaling/protocol', 'signaling/ice-answer'],
  'src/storage': ['src/doc'],
  'src/i18n': [],
  'src/ui': ['src/doc', 'src/convert', 'src/editor', 'src/net', 'src/storage', 'src/i18n'],
  // Of the editor it takes what needs no DOM; of storage, the interface.
  'src/keeper': [
    'src/doc',
    'src/convert',
    'src/net',
    'src/editor/renderer',
    'src/storage/documents',
    'signaling/ice-answer',
  ],
  signaling: [],
}

/** Packages a floor must not know. */
const forbidden: Record<string, RegExp> = {
  'src/doc': /^(svelte|y-webrtc|y-indexeddb|prosemirror-view)/u,
  'src/editor': /^(svelte|y-webrtc|y-indexeddb)/u,
  'src/net': /^(svelte|prosemirror|y-prosemirror|y-indexeddb)/u,
  'src/storage': /^(svelte|prosemirror|y-prosemirror|y-webrtc)/u,
  'src/keeper': /^(svelte|y-indexeddb|prosemirror-view)/u,
  signaling: /^(svelte|yjs|y-|prosemirror)/u,
}

const root = resolve(import.meta.dirname, '../..')
const floors = Object.keys(allowed)

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|svelte)$/u.test(name))
    .map((name) => join(folder, name))
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/gu)].map((match) => match[1] ?? '')
}

/** The project path an import leads to, or null for a package. */
function targetOf(file: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return relative(root, resolve(root, dirname(file), specifier))
  if (specifier.startsWith('#signaling/')) return specifier.slice(1)
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`
  return null
}

/** The offending imports of a file that lies on `floor`. */
function offences(floor: string, file: string, specifiers: string[]): string[] {
  return specifiers.filter((specifier) => {
    const target = targetOf(file, specifier)
    if (target === null) return forbidden[floor]?.test(specifier) ?? false
    return ![floor, ...(allowed[floor] ?? [])].some(
      (base) => target === base || target.startsWith(`${base}/`) || target.startsWith(`${base}.`),
    )
  })
}

describe('floors', () => {
  test.each(floors)('%s imports downwards only', (floor) => {
    const found = sources(floor).flatMap((file) =>
      offences(floor, file, importsOf(file)).map((bad) => `${file} → ${bad}`),
    )
    expect(found).toEqual([])
  })

  test('an upward import is noticed', () => {
    expect(offences('src/doc', 'src/doc/link.ts', ['#ui/app.ts', '../net/room.ts', './schema.ts', 'yjs'])).toEqual([
      '#ui/app.ts',
      '../net/room.ts',
    ])
    expect(offences('src/net', 'src/net/room.ts', ['#signaling/protocol', '#signaling/relay', 'svelte'])).toEqual([
      '#signaling/relay',
      'svelte',
    ])
  })
})
