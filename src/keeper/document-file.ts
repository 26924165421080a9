/** One document's file: updates are appended, and now and then replaced by the whole document. */
import { codeOf, replaceFile, writeBeside, type Disk, type DiskFile } from './disk.ts'
import type { Quota } from './quota.ts'
import { encodeRecord, fileHeader, isNewerFile, readRecords } from './records.ts'

/** What was wrong with a file when it was opened. */
export interface Damage {
  /** Bytes that could not be read. */
  bytes: number
  /** Where the file as it was found is kept. */
  keptAs: string
}

/** The file was written by a newer keeper: it is neither read nor written. */
export class NewerFileError extends Error {
  constructor() {
    super('its file was written by a newer version of Inkmesh')
  }
}

/** A file with fewer appended bytes than this is not worth replacing. */
const WORTH_REPLACING = 64 * 1024
const MOST_RECORDS = 1000

export class DocumentFile {
  readonly #disk: Disk
  readonly #path: string
  #file: DiskFile | null = null
  /** Length up to which the file is known to be sound and on disk. */
  #length = 0
  /** Length of the file when it was replaced last. */
  #whole = 0
  #records = 0
  #doubtful = true

  readonly #quota: Quota

  private constructor(path: string, disk: Disk, quota: Quota) {
    this.#disk = disk
    this.#path = path
    this.#quota = quota
  }

  /**
   * Opens a file, or nothing yet where there is none, and hands the updates in it to `apply`, which gives back those that it
   * cannot read. A torn tail is cut off. A damaged file is kept aside, and all that is sound in it is taken.
   * Rejects with the system's error, or with a NewerFileError.
   */
  static async open(
    path: string,
    { disk, quota }: { disk: Disk; quota: Quota },
    apply: (updates: readonly Uint8Array[]) => readonly Uint8Array[],
  ): Promise<{ file: DocumentFile; damage: Damage | null }> {
    const file = new DocumentFile(path, disk, quota)
    const bytes = await disk.read(path)
    quota.note(path, bytes?.length ?? 0)
    if (bytes === null || bytes.length === 0) return { file, damage: null }
    if (isNewerFile(bytes)) throw new NewerFileError()
    const { payloads, end, damaged } = readRecords(bytes)
    let unreadable = apply(payloads).reduce((sum, { length }) => sum + length, damaged)
    // A header alone can be torn, too; a file without any sound record was something else.
    if (unreadable === 0 && payloads.length === 0 && bytes.length > fileHeader().length) unreadable = bytes.length
    if (unreadable > 0) return { file, damage: { bytes: unreadable, keptAs: await keepAside(disk, path, bytes) } }
    if (payloads.length > 0) await file.#adopt(end, bytes.length, payloads.length)
    return { file, damage: null }
  }

  /** Bytes on disk. */
  get length(): number {
    return this.#length
  }

  /** Whether there is no telling what the file holds, so that only the whole document can be written. */
  get isDoubtful(): boolean {
    return this.#doubtful
  }

  /** Whether the next write had better be the whole document. */
  get wantsWhole(): boolean {
    const appended = this.#length - this.#whole
    return this.#doubtful || this.#records >= MOST_RECORDS || (appended > WORTH_REPLACING && appended > this.#whole)
  }

  /**
   * Adds an update behind the others; resolves when it is on disk. After a failure nothing of it is taken to be there. Rejects
   * with a QuotaError where the file must not grow, and changes nothing.
   */
  async append(update: Uint8Array): Promise<void> {
    if (this.#doubtful) throw new Error('A file that is in doubt must be replaced')
    const record = encodeRecord(update)
    this.#quota.admit(this.#path, this.#length + record.length)
    this.#file ??= await this.#disk.open(this.#path)
    try {
      await this.#file.write(record, this.#length)
    } catch (error) {
      await this.#cutBack()
      throw error
    }
    try {
      await this.#file.sync()
    } catch (error) {
      // The system may have dropped what it failed to write, and would not say so a second time.
      await this.#forget()
      throw error
    }
    this.#length += record.length
    this.#quota.note(this.#path, this.#length)
    this.#records++
  }

  /** Puts the whole document in place of all there is; resolves when it is on disk. Rejects with a QuotaError as `append` does. */
  async replace(whole: Uint8Array): Promise<void> {
    const bytes = Buffer.concat([fileHeader(), encodeRecord(whole)])
    this.#quota.admit(this.#path, bytes.length)
    const beside = await writeBeside(this.#disk, this.#path, bytes)
    // From here on the name may lead to either file.
    await this.#forget()
    await this.#disk.rename(beside, this.#path)
    this.#length = this.#whole = bytes.length
    this.#quota.note(this.#path, this.#length)
    this.#records = 1
    this.#doubtful = false
  }

  async close(): Promise<void> {
    await this.#close()
  }

  async #adopt(end: number, length: number, records: number): Promise<void> {
    this.#length = end
    this.#records = records
    this.#doubtful = false
    if (end === length) return
    this.#file = await this.#disk.open(this.#path)
    await this.#cutBack()
  }

  /** Takes away a record that was written in part, so that it does not stand before the next one. */
  async #cutBack(): Promise<void> {
    try {
      await this.#file?.truncate(this.#length)
      await this.#file?.sync()
    } catch (error) {
      if (codeOf(error) === '') throw error
      await this.#forget()
    }
  }

  async #forget(): Promise<void> {
    this.#doubtful = true
    await this.#close()
  }

  async #close(): Promise<void> {
    const file = this.#file
    this.#file = null
    try {
      await file?.close()
    } catch (error) {
      // What counts was flushed before.
      if (codeOf(error) === '') throw error
    }
  }
}

/** A copy under a name that is not taken. */
async function keepAside(disk: Disk, path: string, bytes: Uint8Array): Promise<string> {
  const keptAs = `${path}.damaged-${new Date().toISOString().replace(/[:.]/gu, '-')}`
  await replaceFile(disk, keptAs, bytes)
  return keptAs
}
