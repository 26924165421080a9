/** The memory of another process, on Linux (proc(5)). */
import { open, readFile } from 'node:fs/promises'

const PIECE = 16 * 1024 * 1024

/**
 * Whatever a process has written to memory, in pieces that overlap by `overlap` bytes. The process is stopped meanwhile. Throws
 * EACCES or EPERM when one may not look.
 */
export async function* memoryOf(pid: number, overlap: number): AsyncGenerator<Buffer> {
  process.kill(pid, 'SIGSTOP')
  const memory = await open(`/proc/${pid}/mem`)
  try {
    for (const [start, end] of writtenRegions(await readFile(`/proc/${pid}/maps`, 'utf8'))) {
      const buffer = Buffer.alloc(Math.min(PIECE, end - start))
      for (let at = start; at < end; at += buffer.length - overlap) {
        const { bytesRead } = await memory.read(buffer, 0, Math.min(buffer.length, end - at), at)
        yield buffer.subarray(0, bytesRead)
        if (at + bytesRead >= end) break
      }
    }
  } finally {
    await memory.close()
    process.kill(pid, 'SIGCONT')
  }
}

/** Readable regions that are no unchanged part of a file. */
function writtenRegions(maps: string): [number, number][] {
  return maps.split('\n').flatMap((line) => {
    const [, start = '', end = '', access = '', inode] = /^([\da-f]+)-([\da-f]+) (....) \S+ \S+ (\d+)/u.exec(line) ?? []
    const written = access.startsWith('rw') || (access.startsWith('r') && inode === '0')
    return written && !/\[v(var|dso|syscall)/u.test(line)
      ? [[Number.parseInt(start, 16), Number.parseInt(end, 16)] as [number, number]]
      : []
  })
}
