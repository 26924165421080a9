import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, dirname } from 'node:path'
import { describe, expect, test } from 'vitest'

/** What each floor may import of the project, besides itself (ARCHITECTURE.md, "Floors"). */
const allowed: Record<string, readonly string[]> = {
  'src/doc': [],
  'src/convert': ['src/doc'],
  'src/editor': ['src/doc', 'src/convert'],
  'src/sync': ['src/doc'],
  'src/net': ['src/doc', 'src/sync', 'signaling/protocol', 'signaling/ice-answer'],
  'src/storage': ['src/doc', 'src/sync'],
  'src/i18n': [],
  'src/session': ['src/doc', 'src/sync', 'src/net', 'src/storage'],
  'src/ui': ['src/doc', 'src/convert', 'src/editor', 'src/sync', 'src/net', 'src/storage', 'src/session', 'src/i18n'],
  // Of storage, the interface.
  'src/keeper': ['src/doc', 'src/convert', 'src/sync', 'src/net', 'src/storage/documents', 'signaling/ice-answer'],
  signaling: [],
}

/** Packages a floor must not know. */
const forbidden: Record<string, RegExp> = {
  'src/doc': /^(svelte|y-webrtc|y-indexeddb|prosemirror-view)/u,
  'src/editor': /^(svelte|y-webrtc|y-indexeddb)/u,
  'src/sync': /^(svelte|prosemirror|y-)/u,
  'src/net': /^(svelte|prosemirror|y-prosemirror|y-indexeddb)/u,
  'src/session': /^(svelte|prosemirror|y-webrtc|y-indexeddb)/u,
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

/** What each file imports of the project: for types, and when it is needed, as well. */
function importsWithin(files: readonly string[]): Map<string, readonly string[]> {
  const known = new Set(files)
  return new Map(
    files.map((file) => {
      const targets = importsOf(file).map((specifier) => targetOf(file, specifier) ?? specifier)
      return [
        file,
        targets.map((target) => (known.has(target) ? target : `${target}.ts`)).filter((to) => known.has(to)),
      ]
    }),
  )
}

/** The circles that following the imports runs into, each as the files on its way. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = []
  const done = new Set<string>()
  const way: string[] = []
  const visit = (file: string): void => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' → '))
    if (done.has(file) || way.includes(file)) return
    way.push(file)
    for (const target of imports.get(file) ?? []) visit(target)
    way.pop()
    done.add(file)
  }
  for (const file of imports.keys()) visit(file)
  return circles
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

describe('rooms', () => {
  test('a link knows no mesh, no relay and no room', () => {
    const imports = importsWithin(sources('src'))
    const within = [...imports].filter(([file]) => file.startsWith('src/net/link/'))
    expect(within.length).toBeGreaterThan(10)
    const others = within.flatMap(([file, named]) =>
      named.filter((each) => /^src\/net\/(?:mesh|signaling|room)/u.test(each)).map((each) => `${file} → ${each}`),
    )
    expect(others).toEqual([])
  })
})

describe('circles of imports', () => {
  test('there are none', () => {
    const imports = importsWithin([...sources('src'), ...sources('signaling')])
    expect([...imports.values()].flat().length).toBeGreaterThan(300)
    expect(circlesIn(imports)).toEqual([])
  })

  test('a circle is noticed', () => {
    const imports = { a: ['b', 'c'], b: ['c'], c: ['d', 'b'], d: [], e: ['e'] }
    expect(circlesIn(new Map(Object.entries(imports)))).toEqual(['b → c → b', 'e → e'])
  })
})
