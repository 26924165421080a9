/** What is in a zip archive. */
import { unzipSync } from 'fflate'
import { isNote } from '#convert/text-file'
import type { Source } from './files-beside.ts'

/** Most of an archive that is unpacked: files, and bytes in all. A few bytes can claim to be any number. */
const MOST = { files: 5000, bytes: 300 * 1024 * 1024 }

/** The notes in an archive, and how many other files were left out. Empty for what is no archive, or a damaged one. Total on any bytes. */
export async function unpack(archive: Blob): Promise<{ files: Source[]; others: number }> {
  let [count, bytes, others] = [0, 0, 0]
  const isWanted = ({ name, originalSize }: { name: string; originalSize: number }): boolean => {
    if (name.endsWith('/') || /(?:^|\/)(?:\.|__MACOSX\/)/u.test(name)) return false
    const fits = isNote(name) && count < MOST.files && bytes + originalSize <= MOST.bytes
    if (fits) [count, bytes] = [count + 1, bytes + originalSize]
    else others++
    return fits
  }
  try {
    const found = unzipSync(new Uint8Array(await archive.arrayBuffer()), { filter: isWanted })
    const files = Object.entries(found).map(([path, content]) => ({
      path,
      blob: new Blob([content]),
    }))
    return { files, others }
  } catch (error) {
    // What fflate throws of what it cannot read.
    if (error instanceof Error && 'code' in error) return { files: [], others }
    throw error
  }
}
