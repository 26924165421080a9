/** Stored rows that cannot be read, as a file for whoever knows what to do with them. */
import * as encoding from 'lib0/encoding'
import { fileNameOf } from '#convert/markdown-file'
import { download } from './document-files.ts'

/** Saves rows as a file, named after the document: each with its length before it, as lib0 writes byte arrays. */
export function downloadRows(title: string, rows: readonly Uint8Array[]): void {
  const encoder = encoding.createEncoder()
  for (const row of rows) encoding.writeVarUint8Array(encoder, row)
  const blob = new Blob([encoding.toUint8Array(encoder)], { type: 'application/octet-stream' })
  download(blob, `${fileNameOf(title)}.bin`)
}
