/** All documents of this device into a backup, and back. Runs in a worker. */
import * as Y from 'yjs'
import { createDoc, excerptOf, titleOf } from '#doc/document'
import { openLink } from '#doc/link'
import { BackupWriter, readBackup, type Kept } from '#storage/backup-file'
import { openDocument } from '#storage/documents'
import { EXCERPT_LENGTH, newEntry } from '#storage/entries'
import type { Entry } from '#storage/library'
import { Gate } from '#sync/gate'
import type { Report } from './files-beside.ts'
import { isSaved } from './import-work.ts'

type Tell = (report: Report) => void

/** Packs documents, with what is stored of them. */
export async function packAll(entries: readonly Entry[], passphrase: string | null, tell: Tell): Promise<void> {
  const writer = await BackupWriter.begin(passphrase)
  for (const { database, fragment, title, opened, edited, removed } of entries) {
    tell({ kind: 'packing', title })
    const doc = createDoc()
    const stored = openDocument(database, doc)
    await stored.loaded
    // One that does not open in time would be packed without its words.
    if (!(await isSaved(stored))) {
      tell({ kind: 'left', path: title, why: 'not stored' })
      await stored.close()
      continue
    }
    // What waits for what is not here is shown nowhere, and comes again with it.
    Object.assign(doc.store, { pendingStructs: null, pendingDs: null })
    await writer.add({ fragment, title, opened, edited, removed, update: Uint8Array.from(Y.encodeStateAsUpdate(doc)) })
    await stored.close()
    doc.destroy()
  }
  tell({ kind: 'packed', file: await writer.end() })
}

/** Puts what is in a backup onto this device, merged with what is there. */
export async function unpackAll(file: Blob, passphrase: string | null, tell: Tell): Promise<void> {
  const end = await readBackup(file, passphrase, async (kept) => {
    tell({ kind: 'packing', title: kept.title })
    const entry = await restore(kept)
    tell(entry === null ? { kind: 'left', path: kept.title, why: 'not stored' } : { kind: 'restored', entry })
  })
  tell({ kind: 'read', end })
}

/** What the library is to know of the document. Null when it is none, or this device does not keep it. */
async function restore({ fragment, title, opened, edited, removed, update }: Kept): Promise<Entry | null> {
  const link = await openLink(fragment)
  if (link === null || link.role === 'suggest') return null
  const { database, role } = link
  const doc = createDoc()
  const stored = openDocument(database, doc)
  await stored.loaded
  const gate = new Gate({ doc, dropped: (reason) => console.warn('Of a backup:', reason) })
  const verdict = gate.take(update, 'backup')
  gate.destroy()
  if (verdict === 'poisoned') {
    await stored.abandon()
    return null
  }
  const kept = verdict === 'applied' && (await isSaved(stored))
  await stored.close()
  const told = titleOf(doc).toJSON()
  const excerpt = excerptOf(doc, EXCERPT_LENGTH)
  doc.destroy()
  // Nobody knows here whether others have its link.
  const entry = newEntry({ database, fragment, role, title: told || title, excerpt, opened, edited, removed })
  return kept ? { ...entry, shared: true } : null
}
