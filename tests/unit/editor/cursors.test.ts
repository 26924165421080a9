import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DecorationSet, type Decoration } from 'prosemirror-view'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { caretsOf } from '#editor/cursor-state'
import { cursors } from '#editor/cursors'
import { copyOf, documentOf, merge } from '../../support/documents.ts'
import { openHeadless, type HeadlessEditor } from '../../support/headless-editor.ts'

class Page extends EventTarget {
  visibilityState = 'visible'
}

interface Person {
  editor: HeadlessEditor
  awareness: Awareness
  /** How many messages the awareness sent about this person. */
  sent: () => number
}

const people: Person[] = []

async function open(doc: Y.Doc, name: string): Promise<Person> {
  const awareness = new Awareness(doc)
  awareness.setLocalStateField('user', { name, color: name.length })
  let messages = 0
  awareness.on('update', ({ updated }: { updated: number[] }) => {
    if (updated.includes(doc.clientID)) messages += 1
  })
  const editor = openHeadless(doc, {
    plugins: (binding) => [cursors({ awareness, binding })],
  })
  const person = { editor, awareness, sent: () => messages }
  people.push(person)
  await vi.dynamicImportSettled()
  return person
}

/** What `of` tells about itself reaches `to`. */
function tell(of: Person, to: Person): void {
  const { clientID } = of.awareness
  setState(to, clientID, of.awareness.getLocalState())
}

/** A peer's awareness state arrives. */
function setState({ awareness }: Person, id: number, state: unknown): void {
  if (state === null) awareness.states.delete(id)
  else awareness.states.set(id, state as Record<string, unknown>)
  awareness.emit('change', [{ added: [], updated: [id], removed: [] }, 'test'])
  vi.advanceTimersByTime(20)
}

/** The cursors shown: `caret 3 Ann 2`, `selection 1-4 remote-selection person-2`. */
function shown({ editor }: Person): string[] {
  const carets = [...caretsOf(editor.state).values()].map(
    ({ head, person }) => `caret ${head} ${person.name} ${person.color}`,
  )
  const plugin = editor.state.plugins.at(-1)
  const set = plugin?.props.decorations?.call(plugin, editor.state)
  if (!(set instanceof DecorationSet)) return carets
  const selections = set.find().map((decoration: Decoration & { type?: { attrs?: { class?: string } } }) => {
    const { from, to, type } = decoration
    return `selection ${from}-${to} ${type?.attrs?.class ?? ''}`
  })
  return [...carets, ...selections]
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('document', new Page())
})

afterEach(() => {
  for (const { editor, awareness } of people.splice(0)) {
    editor.destroy()
    awareness.destroy()
  }
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('cursors', () => {
  test('of others are shown with colour and name, and selections too', async () => {
    const doc = documentOf('hello world', 'second')
    const [a, b] = [await open(doc, 'Ann'), await open(copyOf(doc), 'Beth')]
    a.editor.select(3)
    vi.advanceTimersByTime(20)
    tell(a, b)
    expect(shown(b)).toEqual(['caret 3 Ann 3'])
    a.editor.select(3, 15)
    vi.advanceTimersByTime(20)
    tell(a, b)
    expect(shown(b)).toEqual(['caret 15 Ann 3', 'selection 3-15 remote-selection person-3'])
    expect(shown(a)).toEqual([])
    setState(b, a.awareness.clientID, null)
    expect(shown(b)).toEqual([])
  })

  test('stay with their text, and typing on costs no message', async () => {
    const doc = documentOf('hello world')
    const [a, b] = [await open(doc, 'Ann'), await open(copyOf(doc), 'Beth')]
    a.editor.select(6)
    vi.advanceTimersByTime(20)
    tell(a, b)
    const before = a.sent()
    for (const letter of ' there') {
      a.editor.type(letter)
      vi.advanceTimersByTime(20)
      merge(doc, b.editor.source)
    }
    expect(a.sent()).toBe(before)
    expect(shown(b)).toEqual(['caret 12 Ann 3'])
    b.editor.select(1)
    b.editor.type('Oh, ')
    expect(shown(b)).toEqual(['caret 16 Ann 3'])
    b.editor.select(16)
    b.editor.type('X')
    expect(shown(b)).toEqual(['caret 16 Ann 3'])
  })

  test('are told at most once a frame, and only when they have moved', async () => {
    const a = await open(documentOf('hello world'), 'Ann')
    vi.advanceTimersByTime(20)
    const before = a.sent()
    for (let i = 1; i < 10; i++) a.editor.select(i)
    vi.advanceTimersByTime(20)
    expect(a.sent()).toBe(before + 1)
    a.editor.dispatch(a.editor.state.tr.setMeta('anything', true))
    a.editor.select(9)
    vi.advanceTimersByTime(1000)
    expect(a.sent()).toBe(before + 1)
  })

  test('go when their person has been elsewhere for long, or the page is hidden', async () => {
    const page = document as unknown as Page
    const a = await open(documentOf('hello world'), 'Ann')
    const cursor = (): unknown => a.awareness.getLocalState()?.['cursor']
    a.editor.select(3)
    vi.advanceTimersByTime(20)
    expect(cursor()).toBeTruthy()
    a.editor.dom.dispatchEvent(new Event('blur'))
    vi.advanceTimersByTime(20_000)
    expect(cursor()).toBeTruthy()
    vi.advanceTimersByTime(20_000)
    expect(cursor()).toBeNull()
    a.editor.dom.dispatchEvent(new Event('focus'))
    vi.advanceTimersByTime(20)
    expect(cursor()).toBeTruthy()
    page.visibilityState = 'hidden'
    page.dispatchEvent(new Event('visibilitychange'))
    expect(cursor()).toBeNull()
  })

  test('are not changed under a composition', async () => {
    const doc = documentOf('hello')
    const [a, b] = [await open(doc, 'Ann'), await open(copyOf(doc), 'Beth')]
    a.editor.select(3)
    vi.advanceTimersByTime(20)
    b.editor.composing = true
    tell(a, b)
    expect(shown(b)).toEqual([])
    b.editor.composing = false
    vi.advanceTimersByTime(200)
    expect(shown(b)).toEqual(['caret 3 Ann 3'])
  })

  test('wait for text that has not arrived yet', async () => {
    const doc = documentOf('hello')
    const [a, b] = [await open(doc, 'Ann'), await open(copyOf(doc), 'Beth')]
    a.editor.select(3)
    vi.advanceTimersByTime(20)
    tell(a, b)
    a.editor.select(6)
    a.editor.type(' world')
    a.editor.select(9)
    vi.advanceTimersByTime(20)
    tell(a, b)
    expect(shown(b)).toEqual(['caret 3 Ann 3'])
    merge(doc, b.editor.source)
    expect(shown(b)).toEqual(['caret 9 Ann 3'])
  })

  test('that peers lie about are passed over', async () => {
    const b = await open(documentOf('hello'), 'Beth')
    const user = { name: 'Mallory', color: 1 }
    const place = b.editor.binding.placeOf(2, 'after')
    expect(place).toMatchObject({ side: 'before' })
    const hostile: unknown[] = [
      { user },
      { user, cursor: 'here' },
      { user, cursor: { anchor: place } },
      { user, cursor: { anchor: place, head: { client: 7, clock: 7 } } },
      { user, cursor: { anchor: place, head: { client: -1, clock: 1e300 } } },
      { user, cursor: { anchor: place, head: { ...place, clock: 0.5 } } },
      { user, cursor: { anchor: place, head: { ...place, clock: '1' } } },
      { user, cursor: { anchor: place, head: { tname: 'title' } } },
      { user, cursor: { anchor: place, head: [place] } },
      { user: { name: '\u202e' }, cursor: { anchor: place, head: place } },
      { cursor: { anchor: place, head: place } },
      7,
    ]
    const roots = [...b.editor.source.share.keys()]
    for (const [id, state] of hostile.entries()) setState(b, id + 1, state)
    expect(shown(b)).toEqual([])
    expect([...b.editor.source.share.keys()]).toEqual(roots)
    // In the title, and behind the end of the text.
    b.editor.source.getText('title').insert(0, 'Title')
    const { client, clock } = (b.editor.source.getText('title')._start as Y.Item).id
    setState(b, 50, { user, cursor: { anchor: place, head: { client, clock, side: 'after' } } })
    expect(shown(b)).toEqual([])
    const end = b.editor.binding.placeOf(6, 'before')
    setState(b, 50, { user, cursor: { anchor: place, head: end } })
    setState(b, 51, { user: { name: 'x', color: 'url(//evil)' }, cursor: { anchor: place, head: place } })
    expect(shown(b)).toEqual(['caret 6 Mallory 1', 'caret 2 x 0', 'selection 2-6 remote-selection person-1'])
    for (let id = 100; id < 300; id++) setState(b, id, { user, cursor: { anchor: place, head: place } })
    expect(shown(b).filter((cursor) => cursor.startsWith('caret')).length).toBeLessThanOrEqual(64)
  })

  test('end with the editor, and nothing is dispatched afterwards', async () => {
    const doc = documentOf('hello')
    const a = await open(doc, 'Ann')
    a.editor.select(3)
    vi.advanceTimersByTime(20)
    a.editor.select(2)
    a.editor.destroy()
    expect(a.awareness.getLocalState()?.['cursor']).toBeNull()
    const before = a.editor.transactions.length
    setState(a, 9, { user: { name: 'x', color: 1 } })
    vi.advanceTimersByTime(60_000)
    expect(a.editor.transactions.length).toBe(before)
    expect(a.awareness.getLocalState()?.['cursor']).toBeNull()
  })
})
