import type { Page } from '@playwright/test'
import { asMarkdown, proseLines } from '../support/corpus.ts'
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

const BLOCKS = 3000
const LENGTH = 59
/** A list over several groups, among the paragraphs. */
const LIST = { from: 400, count: 300 }

const lines = proseLines(BLOCKS, LENGTH)
const markdown = asMarkdown(lines.slice(0, LIST.from))
  .concat(
    '\n',
    lines
      .slice(LIST.from, LIST.from + LIST.count)
      .map((line, i) => `${i + 1}. ${line}\n`)
      .join(''),
    '\n',
  )
  .concat(asMarkdown(lines.slice(LIST.from + LIST.count)))

async function openLong(person: Person): Promise<string> {
  const link = await person.importMarkdown('long.md', markdown)
  await person.until((count) => window.inkmesh?.editor?.view.state.doc.childCount === count, BLOCKS, 60_000)
  await person.until(() => document.querySelectorAll('.block-group').length > 10)
  return link
}

/** Where the selection is in the document: block and offset of its ends. */
const ends = (page: Page): Promise<number[]> =>
  page.evaluate(() => {
    const { $anchor, $head } = window.inkmesh?.editor?.view.state.selection ?? {}
    if (!$anchor || !$head) throw new Error('No editor')
    return [$anchor.index(0), $anchor.parentOffset, $head.index(0), $head.parentOffset]
  })

/** Whether the caret's line is on the screen. */
const caretIsSeen = (): boolean => {
  const view = window.inkmesh?.editor?.view
  if (!view) return false
  const { top, bottom } = view.coordsAtPos(view.state.selection.head)
  return top >= 0 && bottom <= innerHeight
}

test('a long document is selected, searched, numbered, copied and scrolled like any other', async ({ people }) => {
  test.setTimeout(120_000)
  const ada = await people.arrive('Ada')
  await openLong(ada)
  const { page } = ada
  const { keyboard } = page

  // To both ends, and with Shift.
  await ada.placeCaret(0, 3)
  await keyboard.press('Control+End')
  await expect.poll(() => ends(page)).toEqual([BLOCKS - 1, LENGTH, BLOCKS - 1, LENGTH])
  await ada.until(caretIsSeen)
  await keyboard.press('Control+Shift+Home')
  await expect.poll(() => ends(page)).toEqual([BLOCKS - 1, LENGTH, 0, 0])
  await ada.until(caretIsSeen)
  await keyboard.press('Control+Home')
  await keyboard.press('PageDown')
  await expect.poll(async () => (await ends(page))[2]).toBeGreaterThan(3)
  const [block] = await ends(page)
  for (let i = 0; i < 20; i++) await keyboard.press('Shift+PageDown')
  await expect.poll(async () => (await ends(page))[2]).toBeGreaterThan(200)
  expect((await ends(page))[0]).toBe(block)

  // Line by line over the edges of groups.
  const edge = await page.evaluate(() => document.querySelector('.block-group')?.childElementCount ?? 0)
  await ada.placeCaret(edge - 3, 0)
  for (let i = 0; i < 6; i++) await keyboard.press('ArrowDown')
  await expect.poll(() => ends(page)).toEqual([edge + 3, 0, edge + 3, 0])
  for (let i = 0; i < 6; i++) await keyboard.press('Shift+ArrowUp')
  await expect.poll(() => ends(page)).toEqual([edge + 3, 0, edge - 3, 0])
  await keyboard.press('Control+c')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    `${lines.slice(edge - 3, edge + 3).join('\n')}\n`,
  )

  // By mouse.
  const box = async (index: number): Promise<{ x: number; y: number }> => {
    const found = await page.evaluate((at) => {
      const view = window.inkmesh?.editor?.view
      let pos = 0
      for (let i = 0; i < at; i++) pos += view?.state.doc.child(i).nodeSize ?? 0
      const rect = view?.coordsAtPos(pos + 1)
      return { x: (rect?.left ?? 0) + 1, y: ((rect?.top ?? 0) + (rect?.bottom ?? 0)) / 2 }
    }, index)
    return found
  }
  await keyboard.press('ArrowLeft')
  await page.evaluate(() => window.scrollBy(0, -200))
  const [from, to] = [await box(edge - 2), await box(edge + 2)]
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(to.x, to.y, { steps: 8 })
  await page.mouse.up()
  await expect.poll(() => ends(page)).toEqual([edge - 2, 0, edge + 2, 0])

  // Typed over, and taken back.
  const before = await ada.text()
  await keyboard.type('x')
  await expect.poll(async () => (await ada.text()).length).toBe(before.length - 4 * (LENGTH + 1) + 1)
  await keyboard.press('Control+z')
  await expect.poll(() => ada.text()).toBe(before)

  // All of it.
  await keyboard.press('Control+a')
  await keyboard.press('Control+c')
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  for (const line of [lines[0], lines[LIST.from + 5], lines.at(-1)]) expect(copied).toContain(line)

  // The browser's own search finds what was never on the screen.
  const words = (lines[2500] ?? '').slice(0, 30)
  const isFound = await page.evaluate((text) => {
    getSelection()?.collapse(document.body, 0)
    return (window as unknown as { find: (text: string) => boolean }).find(text)
  }, words)
  expect(isFound).toBe(true)
  expect(await page.evaluate(() => getSelection()?.toString())).toBe(words)

  // Numbers run through groups.
  const numbers = await page.evaluate(() =>
    [...document.querySelectorAll('[data-kind=ordered] > li')].map((li) => [
      li.getAttribute('data-number'),
      li.getAttribute('aria-posinset'),
      li.getAttribute('aria-setsize'),
    ]),
  )
  expect(numbers).toEqual(
    Array.from({ length: LIST.count }, (_, i) => [String(i + 1), String(i + 1), String(LIST.count)]),
  )

  // Nothing jumps while heights become known.
  const worst = await page.evaluate(async () => {
    const frames = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    let most = 0
    for (const [start, step] of [
      [0, 700],
      [document.documentElement.scrollHeight, -700],
    ] as const) {
      window.scrollTo(0, start)
      await frames()
      for (let i = 0; i < 30; i++) {
        const seen = document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest('[data-kind]')
        const top = seen?.getBoundingClientRect().top ?? 0
        window.scrollBy(0, step)
        await frames()
        most = Math.max(most, Math.abs(top - step - (seen?.getBoundingClientRect().top ?? 0)))
      }
    }
    return most
  })
  expect(worst).toBeLessThan(2)

  // On paper all of it is there.
  await page.emulateMedia({ media: 'print' })
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
  expect(
    await page.evaluate(
      () => document.querySelector<HTMLElement>('[role=textbox][aria-multiline=true]')?.innerText.length,
    ),
  ).toBeGreaterThan(BLOCKS * LENGTH)
})

test('assistive technology gets what is near the screen, and all of it when asked for', async ({ people }) => {
  test.setTimeout(120_000)
  const ada = await people.arrive('Ada')
  await openLong(ada)
  await ada.until(() => document.querySelector('.block-group:empty') === null)
  const cdp = await ada.page.context().newCDPSession(ada.page)
  const read = async (): Promise<string[]> => {
    const { nodes } = await cdp.send('Accessibility.getFullAXTree')
    const byId = new Map(nodes.map((node) => [node.nodeId, node]))
    // In the order in which a screen reader reads it.
    const textsIn = (id: string): string[] => {
      const { role, name, childIds = [] } = byId.get(id) ?? {}
      const text: unknown = name?.value
      if (role?.value === 'StaticText' && typeof text === 'string' && text.startsWith('Line ')) return [text]
      return childIds.flatMap(textsIn)
    }
    return textsIn(nodes[0]?.nodeId ?? '')
  }
  const some = await read()
  expect(some.length).toBeLessThan(BLOCKS / 2)
  expect(some).toEqual(lines.slice(0, some.length))

  await ada.page.getByRole('button', { name: 'More' }).click()
  await ada.page.getByRole('menuitemcheckbox', { name: 'Show everything to assistive technology' }).click()
  await expect.poll(async () => (await read()).length).toBe(BLOCKS)
  expect(await read()).toEqual(lines)
  await ada.page.reload()
  await ada.ready()
  await ada.until(() => document.querySelectorAll('.block-group').length > 10)
  await expect.poll(async () => (await read()).length, { timeout: 20_000 }).toBe(BLOCKS)
})

test('what a peer writes where nobody looks draws nothing, and is there when one looks', async ({ people }) => {
  test.setTimeout(120_000)
  const [ada, ben] = [await people.arrive('Ada'), await people.arrive('Ben')]
  const link = await openLong(ada)
  await ben.open(link)
  await ben.until((count) => window.inkmesh?.editor?.view.state.doc.childCount === count, BLOCKS, 60_000)
  await ben.until(() => document.querySelector('.block-group:empty') === null)
  await ada.meets(1)
  await ada.placeCaret(2000, 0)
  await ada.type('First. ')
  const reaches = ([index, text]: readonly [number, string]): boolean =>
    window.inkmesh?.editor?.view.state.doc.child(index).textContent.startsWith(text) ?? false
  await ben.until(reaches, [2000, 'First. Line'] as const)

  const cdp = await ben.page.context().newCDPSession(ben.page)
  await cdp.send('Performance.enable')
  const styled = async (): Promise<number> =>
    (await cdp.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'RecalcStyleCount')?.value ?? NaN
  const before = await styled()
  const words = 'And a whole sentence more.'
  await ada.page.keyboard.type(words, { delay: 60 })
  await ben.until(reaches, [2000, `First. ${words}Line`] as const)
  // What the page says of what is saved, and by whom, changes now and then, but nothing does with every key.
  expect((await styled()) - before).toBeLessThan(words.length / 2)
  await expect(ben.cursors).toHaveCount(0)

  // Who goes there sees it, and whose it is.
  await ben.placeCaret(2000, 0)
  await ben.page.keyboard.press('ArrowDown')
  await expect(ben.cursors).toHaveCount(1)
  await expect(ben.page.getByText(`First. ${words}Line 2000`)).toBeInViewport()
})

test('where what draws in groups does not load, a long document is there all the same', async ({ people }) => {
  test.setTimeout(120_000)
  const ada = await people.arrive('Ada', { serviceWorkers: 'block' })
  await ada.page.context().route('**/assets/long-*.js', (route) => route.abort())
  await ada.importMarkdown('long.md', markdown)
  await ada.saved()
  await ada.reload()
  await ada.until((count) => window.inkmesh?.editor?.view.state.doc.childCount === count, BLOCKS, 60_000)
  await ada.placeCaret(BLOCKS - 1, 0)
  await ada.type('Here. ')
  await ada.sees('Here. Line 2999')
  expect(await ada.page.locator('.block-group').count()).toBe(0)
})
