/** A document as Inkmesh 0.1 stored it, written by that version's own code (commit 3c39b57). */
import { readFileSync } from 'node:fs'
import * as Y from 'yjs'
import { openLink } from '#doc/link'
import type { Person } from './person.ts'
import { writeStored } from './stored.ts'

interface Fixture {
  update: string
  title: string
  markdown: string
}

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/preview-document.json', import.meta.url), 'utf8'),
) as Fixture

export const PREVIEW = {
  update: new Uint8Array(Buffer.from(fixture.update, 'base64')),
  title: fixture.title,
  /** Its body as Markdown. */
  markdown: fixture.markdown,
}

export function previewDocument(): Y.Doc {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, PREVIEW.update)
  return doc
}

/** Puts such a document on somebody's device, who is then on the home page. */
export async function holdPreview(person: Person): Promise<{ link: string; database: string }> {
  const link = await person.startDocument()
  const opened = await openLink(new URL(link).hash)
  if (opened === null) throw new Error('The app made a link that does not open')
  await person.goHome()
  await writeStored(person.page, opened.database, PREVIEW.update)
  return { link, database: opened.database }
}
