/** The few things a keeper does with files, so that tests can have them fail. Every promise rejects with the system's error. */
import { constants } from 'node:fs'
import { open, readdir, readFile, rename, unlink, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

/** An open file. */
export interface DiskFile {
  /** Writes all of `bytes` at an offset. */
  write(bytes: Uint8Array, offset: number): Promise<void>
  /** Cuts it to so many bytes. */
  truncate(length: number): Promise<void>
  /** Resolves when all written so far would survive the machine's losing power. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface Disk {
  /** A whole file; null when there is none. */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | null>
  /** Opens a file that exists, to write in it. */
  open(path: string): Promise<DiskFile>
  /** Makes an empty file, in place of one of that name. Only its owner may read it. */
  create(path: string): Promise<DiskFile>
  /** Gives a file another name, in place of a file of that name; resolves when that would survive a loss of power. */
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** Names in a folder. */
  list(path: string): Promise<string[]>
}

const PRIVATE = 0o600

/** The machine's own. */
export const nodeDisk: Disk = {
  async read(path) {
    try {
      return Uint8Array.from(await readFile(path))
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null
      throw error
    }
  },
  open: async (path) => new NodeFile(await open(path, constants.O_RDWR | NO_FOLLOW)),
  create: async (path) => new NodeFile(await createAnew(path)),
  async rename(from, to) {
    await rename(from, to)
    await syncFolder(dirname(to))
  },
  remove: unlink,
  list: (path) => readdir(path),
}

/** Links are not followed where the system can be told: somebody may have put one there that leads elsewhere. */
const NO_FOLLOW = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW

/** Makes a file that was not there before. What has its name goes, be it left over or planted; where a link leads is not touched. */
async function createAnew(path: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW
  try {
    return await open(path, flags, PRIVATE)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    await unlink(path)
    return await open(path, flags, PRIVATE)
  }
}

/** Replaces a file whole: after a crash at any moment there is the old one or the new one. */
export async function replaceFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  await disk.rename(await writeBeside(disk, path, bytes), path)
}

/** Writes a file under another name, of which nothing is left when that fails; resolves with the name. */
export async function writeBeside(disk: Disk, path: string, bytes: Uint8Array): Promise<string> {
  const beside = `${path}.new`
  const file = await disk.create(beside)
  try {
    await file.write(bytes, 0)
    await file.sync()
    await file.close()
  } catch (error) {
    await file.close().catch(ignore)
    await disk.remove(beside).catch(ignore)
    throw error
  }
  return beside
}

/** For clearing up after a failure that is told of anyway. */
const ignore = (): void => undefined

/** The system's name of an error, such as 'ENOENT'; '' when it has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

class NodeFile implements DiskFile {
  readonly #handle: FileHandle

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  async write(bytes: Uint8Array, offset: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, offset + done)
      done += bytesWritten
    }
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length)
  }

  sync(): Promise<void> {
    return this.#handle.sync()
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

/** A new name in a folder survives only when the folder itself is written. Windows has no such thing. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
