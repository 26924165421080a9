/** A big document beside a bare ProseMirror page with the same text: load, key → paint, remote change → paint, memory. */
import type { Page } from '@playwright/test'
import { asMarkdown, proseLines } from '../support/corpus.ts'
import { heapOf, keyToPaint, loadToFirstKey, placeCaret } from './support/gauge.ts'
import { bench, type Stage } from './support/stage.ts'
import { median, ms, printTable } from './support/table.ts'

const LENGTH = 59
const ROUNDS = 5
const KEYS = 12

interface Side {
  page: Page
  key: number[]
  remote: number[]
}

for (const blocks of [2000, 10_000]) {
  bench(`a document of ${blocks} blocks`, ({ stage }) => compare(stage, blocks))
}

async function compare(stage: Stage, blocks: number): Promise<void> {
  const lines = proseLines(blocks, LENGTH)
  const author = await stage.person()
  const link = await author.importMarkdown('big.md', asMarkdown(lines))
  await author.until((count) => window.inkmesh?.editor?.view.state.doc.childCount === count, blocks, 120_000)
  await author.saved()
  const ada = await author.openTab()
  await author.page.close()
  const appLoad = await loadToFirstKey(ada.page, link)
  await ada.ready()

  const bare = await stage.blank()
  const bareLoad = await loadToFirstKey(bare, stage.address(`bare.html?blocks=${blocks}&length=${LENGTH}`))

  const sides: Record<'app' | 'bare', Side> = {
    app: { page: ada.page, key: [], remote: [] },
    bare: { page: bare, key: [], remote: [] },
  }
  await ada.page.evaluate(defineChange)
  const middle = Math.floor(blocks / 2)
  for (const { page } of Object.values(sides)) {
    await placeCaret(page, middle)
    // The first keys warm the compiler up.
    await keyToPaint(page, 4)
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of Object.values(sides)) {
      side.key.push(...(await keyToPaint(side.page, KEYS)))
      side.remote.push(...(await remoteToPaint(side.page, middle + 3 + round)))
    }
  }

  const { app, bare: other } = sides
  const row = (name: string, ours: number, theirs: number): string[] => [
    name,
    ms(ours),
    ms(theirs),
    (ours / theirs).toFixed(2),
  ]
  const [ourHeap, theirHeap] = [await heapOf(app.page), await heapOf(other.page)]
  printTable(`${blocks} blocks, ${blocks * LENGTH} characters; medians of ${ROUNDS * KEYS} keys, interleaved`, [
    ['', 'Inkmesh', 'bare ProseMirror', 'ratio'],
    row('load → first accepted keystroke', appLoad, bareLoad),
    row('key → next paint', median(app.key), median(other.key)),
    row('remote change → paint', median(app.remote), median(other.remote)),
    ['script memory', `${ourHeap.toFixed(0)} MB`, `${theirHeap.toFixed(0)} MB`, (ourHeap / theirHeap).toFixed(2)],
  ])
}

/** Gives the page `changeBlock`: a letter at the start of a block of the session's document, where a peer's changes arrive. */
function defineChange(): void {
  window.changeBlock = (block) => {
    const element = window.inkmesh?.doc.getXmlFragment('body').get(block)
    const text = element && 'get' in element ? element.get(0) : undefined
    if (!text || !('insert' in text)) throw new Error(`Block ${block} holds no text`)
    ;(text as unknown as { insert: (index: number, text: string) => void }).insert(0, 'r')
  }
}

/** Changes one block several times, each after the last was painted. */
async function remoteToPaint(page: Page, block: number): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < 4; i++) times.push(await page.evaluate(changeAndTime, block))
  return times
}

function changeAndTime(block: number): Promise<number> {
  return new Promise((resolve) => {
    window.gauge.afterPaint(() => {
      const body = document.querySelector('[role=textbox][aria-multiline=true]')
      if (!body) throw new Error('No editor')
      const observer = new MutationObserver(() => {
        observer.disconnect()
        window.gauge.afterPaint(() => resolve(performance.now() - start))
      })
      observer.observe(body, { subtree: true, childList: true, characterData: true })
      const start = performance.now()
      window.changeBlock(block)
    })
  })
}
