/** A big document beside a bare ProseMirror page with the same text: load, key → paint, remote change → paint, memory. */
import { changeFlow, compareSides, openBare, openInkmesh } from './support/big-document.ts'
import { bench } from './support/stage.ts'

for (const blocks of [2000, 10_000]) {
  bench(`a document of ${blocks} blocks`, async ({ stage }) => {
    const app = await openInkmesh('Inkmesh', await stage.person(), blocks, changeFlow)
    await compareSides([app, await openBare(stage, blocks)], blocks)
  })
}
