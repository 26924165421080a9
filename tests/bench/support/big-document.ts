/** A big document in several pages, measured in turn: load, key → paint, remote change → paint, memory. */
import type { Page } from '@playwright/test'
import type * as Y from 'yjs'
import { asMarkdown, proseLines } from '../../support/corpus.ts'
import type { Person } from '../../support/person.ts'
import { heapOf, keyToPaint, loadToFirstKey, placeCaret } from './gauge.ts'
import type { Stage } from './stage.ts'
import { median, ms, printTable } from './table.ts'

const LENGTH = 59
const ROUNDS = 5
const KEYS = 12

/** A page with the document in it. */
export interface Side {
  readonly name: string
  readonly page: Page
  /** Load → first accepted keystroke, ms. */
  readonly load: number
  /** MB of script memory after loading, before anything was done. */
  readonly heap: number
}

/** Inkmesh with so many blocks, in a tab that has loaded them from the device. */
export async function openInkmesh(
  name: string,
  author: Person,
  blocks: number,
  defineChange: () => void,
): Promise<Side> {
  const link = await author.importMarkdown('big.md', asMarkdown(proseLines(blocks, LENGTH)))
  const isWhole = (count: number): boolean => window.inkmesh?.editor?.view.state.doc.childCount === count
  await author.until(isWhole, blocks, 120_000)
  await author.saved()
  const quiet = await author.openTab()
  await author.page.close()
  await quiet.open(link)
  await quiet.until(isWhole, blocks, 120_000)
  const heap = await heapAfterLoading(quiet.page)
  const tab = await quiet.openTab()
  await quiet.page.close()
  const load = await loadToFirstKey(tab.page, link)
  await tab.ready()
  await tab.page.evaluate(defineChange)
  return { name, page: tab.page, load, heap }
}

/** ProseMirror and nothing else, with the same text. */
export async function openBare(stage: Stage, blocks: number): Promise<Side> {
  const address = stage.address(`bare.html?blocks=${blocks}&length=${LENGTH}`)
  const quiet = await stage.blank()
  await quiet.goto(address)
  const heap = await heapAfterLoading(quiet)
  await quiet.context().close()
  const page = await stage.blank()
  const load = await loadToFirstKey(page, address)
  return { name: 'bare ProseMirror', page, load, heap }
}

async function heapAfterLoading(page: Page): Promise<number> {
  await page.waitForTimeout(3000)
  return heapOf(page)
}

/** Prints what they take, each compared with the first one. */
export async function compareSides(sides: readonly Side[], blocks: number): Promise<void> {
  const times = sides.map(() => ({ key: [] as number[], remote: [] as number[] }))
  const middle = Math.floor(blocks / 2)
  for (const { page } of sides) {
    await placeCaret(page, middle)
    // The first keys warm the compiler up.
    await keyToPaint(page, 4)
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { page }] of sides.entries()) {
      times[i]?.key.push(...(await keyToPaint(page, KEYS)))
      times[i]?.remote.push(...(await remoteToPaint(page, middle + 3 + round)))
    }
  }
  const row = (label: string, values: number[], text: (value: number) => string = ms): string[] => [
    label,
    ...values.map(text),
    ...values.slice(1).map((value) => ((values[0] ?? NaN) / value).toFixed(2)),
  ]
  const [first, ...others] = sides.map(({ name }) => name)
  printTable(`${blocks} blocks, ${blocks * LENGTH} characters; medians of ${ROUNDS * KEYS} keys, interleaved`, [
    ['', first ?? '', ...others, ...others.map((name) => `÷ ${name}`)],
    row(
      'load → first accepted keystroke',
      sides.map(({ load }) => load),
    ),
    row(
      'key → next paint',
      times.map(({ key }) => median(key)),
    ),
    row(
      'remote change → paint',
      times.map(({ remote }) => median(remote)),
    ),
    row(
      'script memory after loading',
      sides.map(({ heap }) => heap),
      (value) => `${value.toFixed(1)} MB`,
    ),
  ])
}

/** Changes one block several times, each after the last was painted. */
async function remoteToPaint(page: Page, block: number): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < 4; i++) times.push(await page.evaluate(changeAndTime, block))
  return times
}

function changeAndTime(block: number): Promise<number> {
  return new Promise((resolve) => {
    const change = window.changeOf(block)
    window.gauge.afterPaint(() => {
      const body = document.querySelector('[role=textbox][aria-multiline=true]')
      if (!body) throw new Error('No editor')
      const observer = new MutationObserver(() => {
        observer.disconnect()
        window.gauge.afterPaint(() => resolve(performance.now() - start))
      })
      observer.observe(body, { subtree: true, childList: true, characterData: true })
      const start = performance.now()
      change()
    })
  })
}

/** Gives a page of Inkmesh `changeOf`: a letter in the session's document, where a peer's changes arrive. Runs in the page. */
export function changeFlow(): void {
  window.changeOf = (block) => {
    const doc = window.inkmesh?.doc
    const text = doc?.getText('flow')
    let [begun, item] = [-1, text?._start ?? null]
    for (; item !== null; item = item.right) {
      const { embed } = item.content as { embed?: { o?: unknown } }
      if (!item.deleted && embed?.o !== undefined && ++begun === block) break
    }
    const letters = item?.right
    if (!doc || !text || !item || !letters) throw new Error(`Block ${block} holds no text`)
    const [left, right] = [item, letters]
    // By index Yjs would walk along the document first. The page has its classes, but shows them to nobody.
    const Item = left.constructor as typeof Y.Item
    const Id = left.id.constructor as typeof Y.ID
    const Letters = right.content.constructor as typeof Y.ContentString
    return () =>
      doc.transact((transaction) => {
        const last = doc.store.clients.get(doc.clientID)?.at(-1)
        const id = new Id(doc.clientID, last === undefined ? 0 : last.id.clock + last.length)
        const content = new Letters('r') as unknown as Y.Item['content']
        new Item(id, left, left.lastId, right, right.id, text, null, content).integrate(transaction, 0)
      })
  }
}

/** The same in the form that was stored before the flow. */
export function changeElement(): void {
  window.changeOf = (block) => {
    const element = window.inkmesh?.doc.getXmlFragment('body').get(block)
    const text = element && 'get' in element ? element.get(0) : undefined
    if (!text || !('insert' in text)) throw new Error(`Block ${block} holds no text`)
    return () => (text as unknown as { insert: (index: number, text: string) => void }).insert(0, 'r')
  }
}
