/** Inkmesh as it was at an earlier commit, to be measured beside what it is now. Nothing of it stays. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/**
 * The last commit that stored an element a block, bound the editor to a copy of the document, and whose relay charged for
 * nothing but what it was sent.
 */
export const BEFORE = '3c39b57'

/** A temporary folder, away when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'inkmesh-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The tree of a commit in a temporary folder, with the packages that are installed here. Throws when this clone lacks it. */
export function checkOut(commit: string): string {
  const folder = temporaryFolder()
  const archive = execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 2 ** 28 })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}
