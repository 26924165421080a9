/** Work on files beside the page, which asks in `files-beside.ts`: whatever their size, the page answers keys meanwhile. */
import { schema } from '#doc/schema'
import { importAll } from './import-work.ts'
import type { Order, Report } from './files-beside.ts'

const tell = (report: Report): void => postMessage(report)

async function work(order: Order): Promise<void> {
  if (order.kind === 'import') return importAll(order, tell)
  if (order.kind === 'unpack') {
    const { unpack } = await import('./unpack.ts')
    tell({ kind: 'unpacked', ...(await unpack(order.archive)) })
    return
  }
  if (order.kind === 'write') {
    const { writeForeign } = await import('#convert/yjs-writing')
    tell({ kind: 'written', file: new Blob([writeForeign(order.title, schema.nodeFromJSON(order.body))]) })
    return
  }
  const { packAll, unpackAll } = await import('./backup-work.ts')
  if (order.kind === 'back up') await packAll(order.entries, order.passphrase, tell)
  else await unpackAll(order.file, order.passphrase, tell)
}

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  work(data).then(
    () => tell({ kind: 'ended' }),
    // The page is told of an exception that nobody catches.
    (error: unknown) =>
      setTimeout(() => {
        throw error
      }),
  )
})
