import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import type { Plugin } from 'vite'

const COMPRESSIBLE = /\.(js|css|svg)$/u

/**
 * Puts a file compressed by Brotli beside each that bears its content's hash in its name: as small as it gets, which takes
 * seconds. The relay serves those, and so do other servers of static files.
 */
export const precompress: Plugin = {
  name: 'inkmesh:precompress',
  apply: 'build',
  async writeBundle({ dir }, bundle) {
    if (dir === undefined) throw new Error('precompress: a build without a folder')
    const names = Object.keys(bundle).filter((name) => name.startsWith('assets/') && COMPRESSIBLE.test(name))
    await Promise.all(
      names.map(async (name) => {
        const body = await readFile(join(dir, name))
        const params = {
          [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
          [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
        }
        await writeFile(join(dir, `${name}.br`), await promisify(brotliCompress)(body, { params }))
      }),
    )
  },
}
