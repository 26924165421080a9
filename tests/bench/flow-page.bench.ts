/** A big document in a page, beside the app that stored an element a block. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { Person } from '../support/person.ts'
import { TestRelay } from '../support/relay.ts'
import { changeElement, changeFlow, compareSides, openBare, openInkmesh } from './support/big-document.ts'
import { BEFORE, checkOut, ROOT } from './support/earlier.ts'
import { installGauge } from './support/gauge.ts'
import { bench } from './support/stage.ts'

const BLOCKS = 10_000

bench.setTimeout(30 * 60_000)

bench('a big document, before the flow and now', async ({ stage, browser }) => {
  const earlier = checkOut(BEFORE)
  execFileSync(process.execPath, [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: earlier,
    stdio: 'inherit',
  })
  const relay = await TestRelay.start({ appDir: join(earlier, 'dist/app') })
  const author = await Person.arrive(browser, relay, { before: [installGauge] })
  const before = await openInkmesh(BEFORE, author, BLOCKS, changeElement)
  const now = await openInkmesh('now', await stage.person(), BLOCKS, changeFlow)
  await compareSides([now, before, await openBare(stage, BLOCKS)], BLOCKS)
  await author.context.close()
  await relay.stop()
})
