/** Full-text search over a thousand documents of five thousand words, and what building its index costs whoever writes meanwhile. */
import type { Page } from '@playwright/test'
import { seeded } from '../support/random.ts'
import { fillShelf } from '../support/shelf.ts'
import { keyToPaint, placeCaret } from './support/gauge.ts'
import { bench } from './support/stage.ts'
import { median, ms, printTable, quantile } from './support/table.ts'

const DOCUMENTS = 1000
const WORDS = 5000
const SYLLABLES = ['ka', 'lo', 'mi', 'ten', 'su', 'ra', 'vel', 'on', 'pi', 'dor', 'ne', 'gal', 'ti', 'bur', 'sa', 'fe']
const KEYS = 200

/** From a change of the query to the painted list that answers it, ms. */
async function searchFor(page: Page, query: string): Promise<number> {
  return page.evaluate(async (wanted) => {
    const field = document.querySelector<HTMLInputElement>('input[type=search]')
    if (field === null) throw new Error('No search field')
    const begun = performance.now()
    field.value = wanted
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    const isAnswered = (): boolean => {
      const [row, more] = document.querySelectorAll('a[data-row]')
      return more === undefined && row?.querySelector('.words mark')?.textContent === wanted
    }
    while (!isAnswered()) {
      if (performance.now() - begun > 20_000) throw new Error(`${wanted} is not found`)
      await new Promise(requestAnimationFrame)
    }
    return performance.now() - begun
  }, query)
}

bench('search over a thousand documents', async ({ stage }) => {
  const random = seeded(7)
  const word = (): string => Array.from({ length: 2 + random.below(2) }, () => random.pick(SYLLABLES)).join('')
  const documents = Array.from({ length: DOCUMENTS }, (_, i) => ({
    title: `Document ${i}`,
    // A word of its own, some way down.
    text: Array.from({ length: WORDS / 50 }, (_line, at) =>
      [...Array.from({ length: 50 }, word), ...(at === 60 ? [`zq${i}zqx`] : [])].join(' '),
    ).join('\n'),
  }))
  const ada = await stage.person()
  await ada.startDocument()
  await ada.type('Words to write in. ')
  await placeCaret(ada.page, 0)
  const alone = await keyToPaint(ada.page, KEYS)
  await fillShelf(ada.page, documents)
  const tab = await ada.openTab()
  await tab.goHome()
  await ada.page.bringToFront()
  await placeCaret(ada.page, 0)
  const begun = performance.now()
  const meanwhile = await keyToPaint(ada.page, KEYS)
  await tab.page.bringToFront()
  await tab.page.getByRole('searchbox').fill('zq999zqx')
  await tab.page.locator('.words mark').waitFor({ timeout: 300_000 })
  await tab.page.locator('.reading').waitFor({ state: 'hidden', timeout: 300_000 })
  const built = performance.now() - begun

  await tab.page.reload()
  await tab.page.getByRole('searchbox').waitFor()
  const first = await searchFor(tab.page, 'zq0zqx')
  const next: number[] = []
  for (let i = 1; i < 100; i++) next.push(await searchFor(tab.page, `q${(i * 7) % DOCUMENTS}zq`))
  printTable(`Search, ${DOCUMENTS} documents of ${WORDS} words`, [
    ['', 'median', 'p95'],
    ['index built, while somebody wrote for some of the time', ms(built), ''],
    ['first search', ms(first), ''],
    ['each search after it, inside a word', ms(median(next)), ms(quantile(next, 0.95))],
    ['key → paint before', ms(median(alone)), ms(quantile(alone, 0.95))],
    ['key → paint while the index is built', ms(median(meanwhile)), ms(quantile(meanwhile, 0.95))],
  ])
})
