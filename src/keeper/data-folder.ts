/** The folder that holds all of a keeper's documents. One keeper at a time has it. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { DEVICE_BYTES } from '#net/link/frames'
import { codeOf, nodeDisk, replaceFile } from './disk.ts'

/** Longest path of a Unix socket on the systems that allow least. */
const MAX_SOCKET_PATH = 100

const SECRET_BYTES = 32

/** Another keeper has the folder. */
export class FolderInUseError extends Error {}

/** Where documents are kept unless somebody says otherwise: the XDG Base Directory Specification's place. */
export const defaultDataFolder = (): string =>
  join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'inkmesh-keeper')

export class DataFolder {
  readonly path: string
  readonly #secret: Uint8Array
  readonly #lock: Server

  private constructor(path: string, secret: Uint8Array, lock: Server) {
    this.path = path
    this.#secret = secret
    this.#lock = lock
  }

  /** Makes the folder where there is none, and takes it. Rejects with a FolderInUseError, or the system's error. */
  static async open(folder: string): Promise<DataFolder> {
    const path = resolve(folder)
    await mkdir(path, { recursive: true, mode: 0o700 })
    const lock = await takeLock(path)
    try {
      return new DataFolder(path, await readSecret(join(path, 'device')), lock)
    } catch (error) {
      await release(lock)
      throw error
    }
  }

  /** The file of a document. The name of its database tells nothing of its secrets. */
  fileOf(database: string): string {
    return join(this.path, `${database}.updates`)
  }

  /** What stands for this keeper in a document: the same each time, and another one in each document. */
  deviceOf(database: string): Uint8Array<ArrayBuffer> {
    const digest = createHmac('sha256', this.#secret).update(database).digest()
    return Uint8Array.from(digest.subarray(0, DEVICE_BYTES))
  }

  /** Lets go of the folder. */
  close(): Promise<void> {
    return release(this.#lock)
  }
}

async function readSecret(path: string): Promise<Uint8Array> {
  const known = await nodeDisk.read(path)
  if (known?.length === SECRET_BYTES) return known
  const secret = randomBytes(SECRET_BYTES)
  await replaceFile(nodeDisk, path, secret)
  return secret
}

/**
 * Node has no file locks. A socket that somebody listens at is as good: it ends with its process, however that ends, and
 * whoever finds only its name knows that nobody is there.
 */
async function takeLock(folder: string): Promise<Server> {
  const path = process.platform === 'win32' ? pipeOf(folder) : join(folder, 'lock')
  if (path.length > MAX_SOCKET_PATH)
    throw new Error(`The path of the data folder is too long for a lock in it: ${folder}`)
  const inUse = new FolderInUseError(`Another keeper is using ${folder}. Give each its own folder with --data.`)
  const mine = await listen(path)
  if (mine !== null) return mine
  if (await isAlive(path)) throw inUse
  // Taken out of the way rather than deleted, so that of two who do this at once none takes away the other's.
  const moved = `${path}.${randomBytes(4).toString('hex')}`
  await nodeDisk.rename(path, moved).catch(ignoreMissing)
  if (await isAlive(moved)) {
    await nodeDisk.rename(moved, path)
    throw inUse
  }
  await nodeDisk.remove(moved).catch(ignoreMissing)
  const next = await listen(path)
  if (next === null) throw inUse
  return next
}

/** On Windows sockets have names of their own, and end with them. */
const pipeOf = (folder: string): string =>
  `\\\\.\\pipe\\inkmesh-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`

/** Null when the name is taken. */
function listen(path: string): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy())
  return new Promise((settle, reject) => {
    server.once('error', (error) => {
      if (codeOf(error) === 'EADDRINUSE') settle(null)
      else reject(error)
    })
    server.listen(path, () => {
      server.unref()
      settle(server)
    })
  })
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(path, () => {
      socket.destroy()
      settle(true)
    })
    socket.once('error', () => settle(false))
  })
}

const release = (lock: Server): Promise<void> => new Promise((settle) => lock.close(() => settle()))

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error
}
