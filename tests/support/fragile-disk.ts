/**
 * A disk in memory that fails as disks do: it can be full, refuse to flush, and lose power. What was written and not
 * flushed is then there whole, in part, or not at all; so is a new name in a folder.
 */
import { basename, dirname } from 'node:path'
import type { Disk, DiskFile } from '../../src/keeper/disk.ts'
import type { Random } from './random.ts'

interface Write {
  offset: number
  /** Null cuts the file to `offset`. */
  bytes: Uint8Array | null
  /** A flush of it has failed. Readers see it still, but no later flush will write it, as with Linux. */
  isLost?: boolean
}

/** A file's bytes; names lead to it. */
class Inode {
  durable = new Uint8Array()
  pending: Write[] = []

  /** What a reader sees. */
  get content(): Uint8Array<ArrayBuffer> {
    return this.pending.reduce(apply, this.durable)
  }

  sync(): void {
    this.durable = this.pending.filter(({ isLost }) => isLost !== true).reduce(apply, this.durable)
    this.pending = this.pending.filter(({ isLost }) => isLost === true)
  }

  failToSync(): void {
    for (const write of this.pending) write.isLost = true
  }
}

function apply(content: Uint8Array<ArrayBuffer>, { offset, bytes }: Write): Uint8Array<ArrayBuffer> {
  const length = bytes === null ? offset : Math.max(content.length, offset + bytes.length)
  const next = new Uint8Array(length)
  next.set(content.subarray(0, length))
  if (bytes !== null) next.set(bytes, offset)
  return next
}

const systemError = (code: string): Error => Object.assign(new Error(`${code}: no luck`), { code })

type Step = keyof Disk | keyof DiskFile

export class FragileDisk {
  /** Bytes it has room for. */
  capacity = Infinity
  /** Asked before each step; the name of an error makes that step fail. */
  fault: (step: Step) => string | null = () => null
  readonly #random: Random
  #names = new Map<string, Inode>()
  #durableNames = new Map<string, Inode>()
  #powerCuts = 0

  constructor(random: Random) {
    this.#random = random
  }

  /** Takes away the power, and gives it back: what was not flushed may be lost. For whoever was connected it is gone. */
  losePower(): void {
    this.#powerCuts++
    const random = this.#random
    const names = new Map(this.#durableNames)
    // Folders are written in whatever order: each change of a name is there or not.
    for (const [name, inode] of this.#names) if (random.chance(0.5)) names.set(name, inode)
    for (const name of this.#durableNames.keys()) if (!this.#names.has(name) && random.chance(0.5)) names.delete(name)
    for (const inode of new Set(names.values())) {
      for (const { offset, bytes, isLost = false } of inode.pending.splice(0)) {
        if (isLost || random.chance(0.4)) continue
        const torn = bytes !== null && random.chance(0.5) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes
        inode.durable = apply(inode.durable, { offset, bytes: torn })
      }
    }
    this.#names = names
    this.#durableNames = new Map(names)
  }

  /** The disk as one process sees it, until the power is cut. */
  connect(): Disk {
    const life = this.#powerCuts
    const step = async <T>(name: Step, work: () => T, failed: () => void = () => undefined): Promise<T> => {
      await Promise.resolve()
      const fault = life === this.#powerCuts ? this.fault(name) : 'EIO'
      if (fault === null) return work()
      if (life === this.#powerCuts) failed()
      throw systemError(fault)
    }
    const fileOf = (inode: Inode): DiskFile => ({
      write: (bytes, offset) => step('write', () => this.#write(inode, bytes, offset)),
      truncate: (length) => step('truncate', () => void inode.pending.push({ offset: length, bytes: null })),
      sync: () =>
        step(
          'sync',
          () => inode.sync(),
          () => inode.failToSync(),
        ),
      close: () => step('close', () => undefined),
    })
    return {
      read: (path) => step('read', () => this.#names.get(path)?.content.slice() ?? null),
      open: (path) => step('open', () => fileOf(this.#inode(path))),
      create: (path) =>
        step('create', () => {
          const inode = new Inode()
          this.#names.set(path, inode)
          return fileOf(inode)
        }),
      rename: (from, to) =>
        step('rename', () => {
          this.#names.set(to, this.#inode(from))
          this.#names.delete(from)
          this.#durableNames = new Map(this.#names)
        }),
      remove: (path) =>
        step('remove', () => {
          this.#inode(path)
          this.#names.delete(path)
        }),
      list: (path) =>
        step('list', () =>
          [...this.#names.keys()].filter((name) => dirname(name) === path).map((name) => basename(name)),
        ),
    }
  }

  #write(inode: Inode, bytes: Uint8Array, offset: number): void {
    const used = [...this.#names.values()].reduce((sum, { content }) => sum + content.length, 0)
    const room = this.capacity - used + Math.max(0, inode.content.length - offset)
    // As much as there is room for is written all the same.
    inode.pending.push({ offset, bytes: bytes.slice(0, Math.max(0, Math.min(bytes.length, room))) })
    if (room < bytes.length) throw systemError('ENOSPC')
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path)
    if (inode === undefined) throw systemError('ENOENT')
    return inode
  }
}
