/**
 * The editor in a process of its own, without a page, asked for figures by a bench. This is built in the tree as it is and
 * in an earlier one: so it uses only what both have.
 */
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { Node } from 'prosemirror-model'
import { EditorState, Plugin, TextSelection } from 'prosemirror-state'
import * as Y from 'yjs'
import { schema } from '#doc/schema'
import { proseLines } from '../../support/corpus.ts'
import { openHeadless, type HeadlessEditor } from '../../support/headless-editor.ts'
import { act, type ActName } from './acts.ts'
import { DELETE_CHARACTER, DELETE_NEWLINE, NEWLINE, typedText, type Trace } from './trace.ts'

const BLOCKS = 10_000
const LENGTH = 59

/** In ms. */
export interface Times {
  /** Of what is done here: until the update is there. Of what comes from a peer: until the editor's state has changed. */
  reached: number[]
  /** Until all is done. */
  whole: number[]
  /** Sizes of updates. */
  bytes: number[]
}

export interface HistoryFigures {
  /** ms for all edits, and for the last tenth of them; and for all by the clock. */
  took: number
  lastTook: number
  clock: number
  edits: number
  lines: number
  /** As the session holds it that has typed it, with what undo keeps, and as one that has opened it since. */
  stored: Sizes
  storedAnew: Sizes
  load: number[]
  /** To be opened again. */
  document: Uint8Array
}

interface Sizes {
  v1: number
  v2: number
}

/** CPU time of this process, ms: whatever else runs on the machine counts less than on a clock. */
function now(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const sizesOf = (doc: Y.Doc): Sizes => ({
  v1: Y.encodeStateAsUpdate(doc).length,
  v2: Y.encodeStateAsUpdateV2(doc).length,
})

const docFrom = (update: Uint8Array): Y.Doc => {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  return doc
}

/** The headless editor keeps every transaction, for tests to look at: here that would be all documents that ever were. */
const forget = ({ transactions }: HeadlessEditor): void => {
  ;(transactions as unknown[]).length = 0
}

let update: Uint8Array | null = null

/** A document of so many blocks, as an update. */
function bigDocument(): Uint8Array {
  if (update !== null) return update
  const doc = new Y.Doc()
  const editor = openHeadless(doc)
  const [first = '', ...rest] = proseLines(BLOCKS, LENGTH)
  editor.type(first)
  const nodes = rest.map((line): Node => schema.node('block', null, schema.text(line)))
  editor.dispatch(editor.state.tr.insert(editor.state.doc.content.size, nodes))
  editor.destroy()
  return (update = Y.encodeStateAsUpdate(doc))
}

/** The same with so many more client ids in it, each of which has written something small. */
function visitedBy(ids: number): Uint8Array {
  const doc = docFrom(bigDocument())
  doc.transact(() => {
    for (let i = 0; i < ids; i++) {
      doc.clientID = new Y.Doc().clientID
      doc.getMap('authors').set(String(i), i)
    }
  })
  return Y.encodeStateAsUpdate(doc)
}

interface Opened {
  editor: HeadlessEditor
  peer: HeadlessEditor
  updates: Uint8Array[]
  changedAt: number
}

let opened: Opened | null = null

let kept: HeadlessEditor | Y.Text | null = null
/** Outside of the heap. */
const said = encoding.createEncoder()

function theKept(): HeadlessEditor {
  if (kept === null || kept instanceof Y.Text) throw new Error('No editor is kept')
  return kept
}

function theOpened(): Opened {
  if (opened === null) throw new Error('Nothing is open')
  return opened
}

const tasks = {
  /** Opens the document, and a peer with the same one. */
  open(ids: number) {
    opened?.editor.destroy()
    opened?.peer.destroy()
    const bytes = visitedBy(ids)
    const noteChange = new Plugin({
      view: () => ({
        update: (view, previous) => {
          if (view.state.doc !== previous.doc) theOpened().changedAt = now()
        },
      }),
    })
    const editor = openHeadless(docFrom(bytes), { plugins: () => [noteChange] })
    const peer = openHeadless(docFrom(bytes))
    const updates: Uint8Array[] = []
    peer.source.on('update', (each: Uint8Array) => updates.push(each))
    opened = { editor, peer, updates, changedAt: 0 }
  },

  /** Something is done here. */
  local(name: ActName, times: number): Times {
    const { editor } = theOpened()
    const figures: Times = { reached: [], whole: [], bytes: [] }
    let updatedAt = 0
    let size = 0
    const note = (each: Uint8Array): void => {
      updatedAt = now()
      size = each.length
    }
    editor.source.on('update', note)
    act(editor, name, times, (step) => {
      const began = now()
      step()
      figures.whole.push(now() - began)
      figures.reached.push(updatedAt - began)
      figures.bytes.push(size)
    })
    editor.source.off('update', note)
    forget(editor)
    return figures
  },

  /** A peer does something, and it is shown here. */
  remote(name: ActName, times: number): Times {
    const { editor, peer, updates } = theOpened()
    const figures: Times = { reached: [], whole: [], bytes: [] }
    updates.length = 0
    act(peer, name, times, (step) => step())
    for (const each of updates) {
      const began = now()
      Y.applyUpdate(editor.source, each)
      figures.whole.push(now() - began)
      figures.reached.push(theOpened().changedAt - began)
      figures.bytes.push(each.length)
    }
    forget(editor)
    forget(peer)
    return figures
  },

  /** ms to decode the document, and until the editor has it. */
  load(): [decode: number, whole: number] {
    const bytes = bigDocument()
    const began = now()
    const doc = docFrom(bytes)
    const decoded = now()
    openHeadless(doc).destroy()
    return [decoded - began, now() - began]
  },

  stored: (): Sizes => sizesOf(docFrom(bigDocument())),

  /**
   * Bytes on the heap. Asked for before and after another task: what a function has had in hand is not given back before
   * it returns.
   */
  heap(): number {
    if (globalThis.gc === undefined) throw new Error('To be started with --expose-gc')
    for (let i = 0; i < 3; i++) globalThis.gc()
    return process.memoryUsage().heapUsed
  },

  /** Makes the big document and leaves nothing else behind. */
  make: () => void bigDocument(),

  /** Opens it, or another one, to stay open. */
  keep(bytes?: Uint8Array) {
    kept = openHeadless(docFrom(bytes ?? bigDocument()))
  },

  /** The same for a Y.Text alone. */
  keepPlain(bytes: Uint8Array) {
    kept = docFrom(bytes).getText('text')
  },

  /** A long history, typed through the editor. */
  history(lineLength: number, share: number): HistoryFigures {
    const trace = typedText(lineLength, share)
    const doc = new Y.Doc()
    doc.on('update', () => undefined)
    const editor = openHeadless(doc)
    const took = typeThrough(
      {
        get state() {
          return editor.state
        },
        dispatch: (tr) => {
          editor.dispatch(tr)
          forget(editor)
        },
      },
      trace,
    )
    const text = editor.state.doc.textBetween(0, editor.state.doc.content.size, '\n')
    const lines = editor.state.doc.childCount
    const document = Y.encodeStateAsUpdate(doc)
    editor.destroy()
    const anew = openHeadless(docFrom(document)).state.doc
    if (anew.textBetween(0, anew.content.size, '\n') !== text) throw new Error('Another text was read than was typed')
    return { ...took, lines, stored: sizesOf(doc), document, ...stored(document, openHeadless) }
  },

  /** The same in ProseMirror alone. */
  bareHistory(lineLength: number, share: number): ReturnType<typeof timed> {
    let state = EditorState.create({ schema })
    const bare: Typist = {
      get state() {
        return state
      },
      dispatch: (tr) => {
        state = state.apply(tr)
      },
    }
    return typeThrough(bare, typedText(lineLength, share))
  },

  /** The same in a Y.Text alone, newlines as characters. */
  plainHistory(lineLength: number, share: number): HistoryFigures {
    const trace = typedText(lineLength, share)
    const doc = new Y.Doc()
    doc.on('update', () => undefined)
    const text = doc.getText('text')
    const took = timed(trace, (i) => {
      const [kind = 0, offset = 0] = [trace.kinds[i], trace.offsets[i]]
      if (kind <= DELETE_NEWLINE) text.delete(offset, 1)
      else text.insert(offset, String.fromCharCode(kind))
    })
    const lines = text.toJSON().split('\n').length
    const document = Y.encodeStateAsUpdate(doc)
    const { load, storedAnew } = stored(document, (each) => each.getText('text').toJSON())
    return { ...took, lines, stored: sizesOf(doc), storedAnew, load, document }
  },

  /** Does so many undo steps in what is open. */
  steps(names: readonly ActName[], count: number) {
    const editor = theKept()
    editor.source.on('update', (each: Uint8Array) => encoding.writeVarUint8Array(said, each))
    for (let i = 0; i < count; i++) {
      act(editor, names[i % names.length] ?? 'key', 1, (step) => step())
      forget(editor)
    }
  },

  /** The updates of that. */
  said: (): Uint8Array => encoding.toUint8Array(said),

  /** Sees in what is open what somebody else has done. */
  see(updates: Uint8Array) {
    const editor = theKept()
    const decoder = decoding.createDecoder(updates)
    while (decoding.hasContent(decoder)) {
      Y.applyUpdate(editor.source, decoding.readVarUint8Array(decoder))
      forget(editor)
    }
  },

  /** The state of what is open. */
  state: (): Uint8Array => Y.encodeStateAsUpdate(theKept().source),
}

export type Tasks = typeof tasks

/** Does all edits of a history, one after another. */
function timed(
  { length }: Trace,
  edit: (i: number) => void,
): Pick<HistoryFigures, 'took' | 'lastTook' | 'clock' | 'edits'> {
  const clock = performance.now()
  const began = now()
  let lastBegan = began
  for (let i = 0; i < length; i++) {
    if (i === Math.floor(0.9 * length)) lastBegan = now()
    edit(i)
  }
  return { took: now() - began, lastTook: now() - lastBegan, clock: performance.now() - clock, edits: length }
}

type Typist = Pick<HeadlessEditor, 'state' | 'dispatch'>

function typeThrough(typist: Typist, trace: Trace): ReturnType<typeof timed> {
  return timed(trace, (i) => {
    const [kind = 0, offset = 0, line = 0] = [trace.kinds[i], trace.offsets[i], trace.lines[i]]
    const position = offset + line + 1
    const caret = position + (kind === DELETE_NEWLINE ? 2 : kind === DELETE_CHARACTER ? 1 : 0)
    if (typist.state.selection.head !== caret)
      typist.dispatch(typist.state.tr.setSelection(TextSelection.create(typist.state.doc, caret)))
    const { tr } = typist.state
    if (kind === DELETE_CHARACTER) tr.delete(position, position + 1)
    else if (kind === DELETE_NEWLINE) tr.join(position + 1)
    else if (kind === NEWLINE) tr.split(position)
    else tr.insertText(String.fromCharCode(kind))
    typist.dispatch(tr)
  })
}

/** What a stored document costs who opens it. */
function stored(bytes: Uint8Array, open: (doc: Y.Doc) => unknown): Pick<HistoryFigures, 'storedAnew' | 'load'> {
  const load = Array.from({ length: 5 }, () => {
    const began = now()
    open(docFrom(bytes))
    return now() - began
  })
  return { storedAnew: sizesOf(docFrom(bytes)), load }
}

type Question = { [K in keyof Tasks]: [K, ...Parameters<Tasks[K]>] }[keyof Tasks]

process.on('message', ([name, ...args]: Question) => {
  process.send?.((tasks[name] as (...given: unknown[]) => unknown)(...args) ?? null)
})
