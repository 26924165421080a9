/** A copy of one document as a Markdown file, written anew when the document has settled. */
import { join } from 'node:path'
import { formOf, hasArrived, isNewer, titleOf } from '#doc/document'
import { readFlow } from '#doc/flow/read'
import { fileNameOf, markdownFile } from '#convert/markdown-file'
import { readPreview } from '#convert/preview'
import type * as Y from 'yjs'
import { nodeDisk, replaceFile, type Disk } from './disk.ts'

export interface ExportOptions {
  doc: Y.Doc
  folder: string
  /** Tells documents of the same title apart; part of the file's name. */
  id: string
  disk?: Disk
  /** Told of every failure, and of success (null) after one. */
  failed: (error: Error | null) => void
}

/** A document has settled when nothing has changed for `quiet`; one that never rests is written every `most`. In milliseconds. */
const SETTLING = { quiet: 3_000, most: 30_000 }

/** Milliseconds before another try. */
const RETRY = 30_000

/** Of the title, in UTF-16 units: at most three bytes each in a name that may have 255. */
const MAX_NAME = 70

export class MarkdownExport {
  readonly #options: ExportOptions
  readonly #disk: Disk
  #timer: ReturnType<typeof setTimeout> | null = null
  /** When the oldest change was made that is not in the file; ms since the epoch. */
  #changed: number | null = null
  /** The file's text and name, as written last. */
  #written: { name: string; text: string } | null = null
  #hasFailed = false
  #work: Promise<void> = Promise.resolve()

  /** Writes what the document holds now, and again when it changes. */
  constructor(options: ExportOptions) {
    this.#options = options
    this.#disk = options.disk ?? nodeDisk
    options.doc.on('update', this.#onUpdate)
    this.#note(0)
  }

  /** Writes what has changed since, and stops. */
  async close(): Promise<void> {
    this.#options.doc.off('update', this.#onUpdate)
    if (this.#changed !== null) this.#begin()
    await this.#work
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  readonly #onUpdate = (): void => {
    this.#note(SETTLING.quiet)
  }

  #note(wait: number): void {
    const now = Date.now()
    this.#changed ??= now
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#begin, Math.min(wait, Math.max(0, this.#changed + SETTLING.most - now)))
  }

  readonly #begin = (): void => {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#changed = null
    this.#work = this.#work.then(() => this.#write())
  }

  async #write(): Promise<void> {
    const { doc } = this.#options
    // What a newer version has written can be kept, but not read.
    if (!hasArrived(doc) || isNewer(doc)) return
    try {
      await this.#replace(textOf(doc))
    } catch (error) {
      if (!(error instanceof Error)) throw error
      this.#hasFailed = true
      this.#options.failed(error)
      this.#timer ??= setTimeout(this.#begin, RETRY)
      return
    }
    if (this.#hasFailed) this.#options.failed(null)
    this.#hasFailed = false
  }

  async #replace(text: string): Promise<void> {
    const { doc, folder, id } = this.#options
    const title = fileNameOf(titleOf(doc).toJSON().slice(0, MAX_NAME))
    const name = `${title || 'Untitled'} ${suffixOf(id)}`
    if (this.#written?.name === name && this.#written.text === text) return
    await replaceFile(this.#disk, join(folder, name), new TextEncoder().encode(text))
    this.#written = { name, text }
    // Files of earlier titles, also of a keeper that ran before this one.
    for (const other of await this.#disk.list(folder)) {
      if (other !== name && other.endsWith(` ${suffixOf(id)}`)) await this.#disk.remove(join(folder, other))
    }
  }
}

const suffixOf = (id: string): string => `(${id}).md`

/** The document as Markdown. What this version cannot show is left out; the document itself is only read. */
function textOf(doc: Y.Doc): string {
  return markdownFile(titleOf(doc).toJSON(), formOf(doc) === 'preview' ? readPreview(doc) : readFlow(doc))
}
