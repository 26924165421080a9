/** What makes a stranger's first day a joy, one thing a test. */
import { holdStorage } from '../support/held-storage.ts'
import { expect, test, type People } from '../support/people.ts'
import type { Person } from '../support/person.ts'
import { SITUATIONS } from '../support/situations.ts'

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const

/** Two people in a document of sixty lines. */
async function withLines(people: People): Promise<[Person, Person, string]> {
  const [ada, ben] = [await people.arrive('Ada'), await people.arrive('Ben')]
  const link = await ada.importMarkdown('Lines.md', Array.from({ length: 60 }, (_, i) => `Line ${i}`).join('\n\n'))
  await ben.open(link)
  await ben.sees('Line 59')
  await Promise.all([ada.meets(1), ben.meets(1)])
  return [ada, ben, link]
}

/** What assistive technology calls each of the others. */
const namesOf = (person: Person): Promise<string[]> =>
  person.page.evaluate(() => window.inkmesh?.session.others.map(({ name }) => name) ?? [])

test.describe('the home page', () => {
  test('says why to who has nothing yet, in either language, and moves only for whoever likes that', async ({
    people,
  }) => {
    const ada = await people.arrive('Ada')
    await ada.goHome()
    const main = ada.page.getByRole('main')
    for (const reason of ['Write together by a link', 'No account', 'Works offline', 'Nobody else can read it']) {
      await expect(main).toContainText(reason)
    }
    const moving = (person: Person): Promise<number> =>
      person.page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length)
    await expect.poll(() => moving(ada)).toBeGreaterThan(0)

    const mina = await people.arrive('', { locale: 'ko-KR', reducedMotion: 'reduce' })
    await mina.goHome()
    await expect(mina.page.getByRole('main')).toContainText('가입이 필요 없어요')
    await mina.page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'))
  })

  test('takes nothing out of the hands of who begins before it knows whether anything is there', async ({ people }) => {
    const ada = await people.arrive('Ada')
    await ada.page.addInitScript<'library'>(holdStorage, 'library')
    await ada.goHome()
    await ada.page.getByRole('button', { name: 'Open a link' }).click()
    const field = ada.page.getByRole('textbox', { name: 'Document link' })
    await field.fill('What was begun')
    await ada.page.evaluate(() => document.dispatchEvent(new Event('answer')))
    await expect(ada.page.getByRole('main')).toContainText('No account')
    await expect(field).toBeFocused()
    await expect(field).toHaveValue('What was begun')
  })

  test('opens a link that is pasted without another click, and lets one say who one is', async ({ people }) => {
    const ada = await people.arrive('Ada')
    await ada.goHome()
    await ada.page.getByRole('button', { name: 'Open a link' }).click()
    await expect(ada.page.getByRole('textbox', { name: 'Document link' })).toBeFocused()
    await ada.page.getByRole('button', { name: 'Preferences' }).click()
    await ada.page.getByRole('menuitem', { name: 'Your name and color' }).click()
    await ada.page.getByRole('textbox', { name: 'Your name' }).fill('Ada Lovelace')
    await ada.page.getByRole('button', { name: 'Save' }).click()
    await ada.startDocument()
    await expect(ada.others).toContainText('')
    await expect(ada.page.getByRole('button', { name: 'Ada Lovelace (you). Change your name' })).toBeVisible()
  })
})

test.describe('names', () => {
  test('are asked for when a link is first shared, and when somebody comes, and not again', async ({ people }) => {
    const ada = await people.arrive('')
    const link = await ada.startDocument()
    await ada.page.getByRole('button', { name: 'Share' }).click()
    const dialog = ada.page.getByRole('dialog', { name: 'Share' })
    const field = dialog.getByRole('textbox', { name: /Others see you as .+\. Your name:/u })
    await field.fill('Mina')
    await field.press('Enter')
    await expect(field).toHaveCount(0)
    await ada.page.keyboard.press('Escape')

    const ben = await people.arrive('')
    await ben.open(link)
    const card = ben.page.getByRole('region', { name: 'Your name' })
    await expect(card).toContainText(/Others see you as .+\. Your name:/u)
    // It comes while one may be writing.
    expect(await ben.page.evaluate(() => document.activeElement === document.body)).toBe(true)
    await card.getByRole('textbox').fill('Jonas')
    await card.getByRole('button', { name: 'Save' }).click()
    await expect(card).toHaveCount(0)
    await expect.poll(() => namesOf(ada)).toEqual(['Jonas'])
    await expect(ada.page.getByRole('region', { name: 'Your name' })).toHaveCount(0)
    await ben.reload()
    await ben.meets(1)
    await expect(ben.page.getByRole('region', { name: 'Your name' })).toHaveCount(0)
  })

  test('that are made up differ: no two people are the same animal', async ({ people }) => {
    const calledHare = (): void => {
      if (localStorage.getItem('inkmesh-settings') === null)
        localStorage.setItem('inkmesh-settings', JSON.stringify({ name: 'Swift Hare', color: 3 }))
    }
    const all: Person[] = []
    let link = ''
    for (let i = 0; i < 3; i++) {
      const person = await people.arrive('', { before: [calledHare] })
      if (i === 0) link = await person.startDocument()
      else await person.open(link)
      all.push(person)
    }
    await Promise.all(all.map((person) => person.meets(2)))
    const namesAndColors = (): Promise<string[]> =>
      all[0]?.page.evaluate(() => {
        const session = window.inkmesh?.session
        return [...(session?.awareness.getStates().values() ?? [])].map((state: unknown) => JSON.stringify(state))
      }) ?? Promise.resolve([])
    await expect
      .poll(
        async () => {
          const people3 = (await namesAndColors()).map(
            (one) => JSON.parse(one) as { user: { name: string; color: number } },
          )
          return [
            new Set(people3.map(({ user }) => user.name.split(' ').at(-1))).size,
            new Set(people3.map(({ user }) => user.color)).size,
          ]
        },
        { timeout: 30_000 },
      )
      .toEqual([3, 3])
  })
})

test('a click on a link shows where it leads and what can be done with it; with Ctrl it opens', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.type('See https://example.com/page for more.')
  const link = ada.body.getByRole('link')
  const card = ada.page.getByRole('dialog', { name: 'Link' })
  await link.click()
  await expect(card).toContainText('https://example.com/page')
  const opens = card.getByRole('link', { name: 'Open' })
  await expect(opens).toHaveAttribute('href', 'https://example.com/page')
  await expect(opens).toHaveAttribute('rel', /noopener/u)
  await card.getByRole('button', { name: 'Copy' }).click()
  await expect.poll(() => ada.page.evaluate(() => navigator.clipboard.readText())).toBe('https://example.com/page')
  await expect(ada.body).toBeFocused()
  await ada.page.keyboard.type('X')
  await expect(card).toHaveCount(0)

  await link.click()
  await card.getByRole('button', { name: 'Edit' }).click()
  const address = ada.page.getByRole('textbox', { name: 'Address' })
  await address.fill('https://example.org/other')
  await address.press('Enter')
  await expect(link).toHaveAttribute('href', 'https://example.org/other')

  await link.click()
  await card.getByRole('button', { name: 'Remove' }).click()
  await expect(link).toHaveCount(0)
  await expect(ada.body).toContainText('for more.')
})

test.describe('the header', () => {
  test('is as high in every situation, and moves nothing', async ({ people }) => {
    test.setTimeout(90_000)
    const check = async (viewport: { width: number; height: number }): Promise<void> => {
      const ada = await people.arrive('Ada', { viewport })
      await ada.page.addInitScript(() => {
        const shifts: string[] = []
        Object.assign(window, { shifts })
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { sources?: { node: Node | null }[] })[]) {
            for (const { node } of entry.sources ?? []) {
              const element = node instanceof Element ? node : node?.parentElement
              if (element?.closest('header')) shifts.push(element.className)
            }
          }
        }).observe({ type: 'layout-shift', buffered: true })
      })
      const height = (): Promise<number> =>
        ada.page.getByRole('banner').evaluate((header) => header.getBoundingClientRect().height)
      const link = await ada.startDocument()
      const before = await height()
      await ada.page.getByRole('button', { name: 'Share' }).waitFor()
      const heights = [await height()]
      // With somebody, then without the network, then with a very long name, then alone again.
      const ben = await people.arrive('A person with a name that is much too long', { viewport })
      await ben.open(link)
      await ada.meets(1)
      heights.push(await height())
      await ada.type('Written.')
      await expect(ada.status).toContainText(/On 1 other device/u)
      heights.push(await height())
      await ada.unplug()
      await expect(ada.status).toContainText(/Connected to 1|Offline|Reconnecting/u, { timeout: 30_000 })
      heights.push(await height())
      await ada.heal()
      await ben.context.close()
      await ada.meets(0)
      heights.push(await height())
      // Every other situation is told by its words.
      const told = Object.values(SITUATIONS).flatMap(({ en, ko }) => [en, ko])
      const others = await ada.page.getByRole('banner').evaluate(async (header, all) => {
        const found: number[] = []
        for (const words of all) {
          const shown = header.querySelector('.shown')
          if (shown !== null) shown.textContent = words
          await new Promise(requestAnimationFrame)
          found.push(header.getBoundingClientRect().height)
        }
        return found
      }, told)
      expect(others.length).toBeGreaterThan(40)
      heights.push(...others)
      expect(new Set([before, ...heights]).size, `at ${viewport.width} px: ${[before, ...heights].join(', ')}`).toBe(1)
      expect(await ada.page.evaluate(() => (window as unknown as { shifts: string[] }).shifts)).toEqual([])

      await ada.context.close()
      const cora = await people.arrive('Cora', { viewport })
      await cora.page.goto(link)
      await cora.page.getByRole('heading', { name: 'Waiting for the document' }).waitFor()
      expect(await cora.page.getByRole('banner').evaluate((header) => header.getBoundingClientRect().height)).toBe(
        before,
      )
      await cora.context.close()
    }
    const viewports = [
      { width: 1680, height: 900 },
      { width: 820, height: 1180 },
      { width: 390, height: 844 },
    ]
    await Promise.all(viewports.map(check))
  })

  test('goes away with the page where the screen is low, and stays where it is not', async ({ people }) => {
    const ada = await people.arrive('Ada', { viewport: { width: 844, height: 390 } })
    await ada.startDocument()
    for (let i = 0; i < 30; i++) await ada.type('Line\n')
    await ada.page.evaluate(() => window.scrollTo(0, 500))
    const top = (): Promise<number> =>
      ada.page.getByRole('banner').evaluate((header) => header.getBoundingClientRect().bottom)
    await expect.poll(top).toBeLessThan(0)
    await ada.page.setViewportSize({ width: 844, height: 700 })
    await ada.page.evaluate(() => window.scrollTo(0, 500))
    await expect.poll(top).toBeGreaterThan(0)
  })
})

test('who was sent a link sees a quiet page, then what to do, and writes where the caret is', async ({ people }) => {
  const gone = await people.arrive('Gone')
  const nobody = await gone.startDocument()
  await gone.context.close()
  const ada = await people.arrive('Ada')
  await ada.page.goto(nobody)
  const { page } = ada
  await page.locator('.lines').waitFor()
  await expect(page.getByRole('heading', { name: 'Waiting for the document' })).toHaveCount(0)
  await expect(page.getByRole('heading', { name: 'Waiting for the document' })).toBeVisible()
  await expect(page.getByText('Ask whoever sent you the link to open it').last()).toBeVisible()
  const ben = await people.arrive('Ben')
  await ben.page.goto(nobody)
  await expect(page.getByRole('main')).toContainText('Ben is waiting too')
  await expect(page.getByRole('main')).toContainText('Ask whoever sent you the link to open it')
  await page.getByRole('button', { name: 'Write anyway' }).click()
  await expect(ada.body).toBeFocused()
  await page.keyboard.type('Anyway.')
  await ben.sees('Anyway.')
})

test.describe("the '/' menu", () => {
  test('is opened by typing, filtered, walked and chosen from by keys, and gone by Escape', async ({ people }) => {
    const ada = await people.arrive('Ada')
    await ada.startDocument()
    await ada.body.click()
    await expect(ada.body).toHaveAttribute('aria-placeholder', 'Write, or type / for blocks')
    const list = ada.page.getByRole('listbox', { name: 'Blocks and actions' })
    const { keyboard } = ada.page
    await ada.page.getByRole('button', { name: 'Share' }).waitFor()
    await keyboard.type('/')
    await expect(list).toBeVisible()
    await keyboard.type('head')
    await expect(list.getByRole('option')).toHaveCount(3)
    await keyboard.press('ArrowDown')
    await expect(list.getByRole('option', { selected: true })).toContainText('Heading 2')
    const active = await ada.body.getAttribute('aria-activedescendant')
    await expect(ada.page.locator(`[id="${active}"]`)).toContainText('Heading 2')
    await keyboard.press('Enter')
    await expect(list).toHaveCount(0)
    await keyboard.type('Chosen')
    await expect(ada.body.getByRole('heading', { level: 2 })).toHaveText('Chosen')

    await keyboard.press('Enter')
    await keyboard.type('/')
    await expect(list).toBeVisible()
    await keyboard.press('Escape')
    await expect(list).toHaveCount(0)
    await keyboard.type('x and/or http://a.b/c')
    await expect(list).toHaveCount(0)
    expect(await ada.text()).toBe('Chosen\n/x and/or http://a.b/c')
    await ada.body.getByText('/x and').click()
    await expect(list, 'a slash that was there before is one of the text').toHaveCount(0)

    await keyboard.press('Control+End')
    await keyboard.press('Enter')
    await keyboard.type('/sha')
    await keyboard.press('Enter')
    await expect(ada.page.getByRole('dialog', { name: 'Share' })).toBeVisible()
    expect(await ada.text()).toBe('Chosen\n/x and/or http://a.b/c\n')
  })

  test('is tapped on, too, and undone in one step', async ({ people }) => {
    const ada = await people.arrive('Ada', phone)
    await ada.startDocument()
    await ada.body.tap()
    await ada.page.getByRole('toolbar').waitFor()
    await ada.page.keyboard.type('/')
    await ada.page.getByRole('option', { name: 'Task list' }).tap()
    await expect(ada.body.getByRole('checkbox')).toHaveCount(1)
    expect(await ada.text()).toBe('')
  })

  test('takes the Enter that ends a Hangul syllable for the end of the syllable, and chooses once', async ({
    people,
  }) => {
    const ada = await people.arrive('Ada', { locale: 'ko-KR' })
    await ada.goHome()
    await ada.page.getByRole('button', { name: '새 문서' }).click()
    await ada.ready()
    await ada.body.click()
    await ada.page.getByRole('button', { name: '공유' }).waitFor()
    await ada.page.keyboard.type('/')
    const list = ada.page.getByRole('listbox')
    await expect(list).toBeVisible()
    for (const text of ['ㅈ', '제']) {
      await ada.cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
    }
    await expect(list.getByRole('option')).toHaveCount(3)
    // The input method has the key first; then it ends what is composed; then the browser breaks the line.
    await ada.body.evaluate((body) => {
      const key = { key: 'Process', code: 'Enter', isComposing: true, bubbles: true, cancelable: true }
      body.dispatchEvent(new KeyboardEvent('keydown', key))
    })
    await expect(list).toBeVisible()
    await ada.cdp.send('Input.insertText', { text: '제' })
    await ada.page.keyboard.press('Enter')
    await expect(list).toHaveCount(0)
    await expect(ada.body.getByRole('heading', { level: 1 })).toHaveCount(1)
    expect(await ada.text()).toBe('')
    await ada.page.keyboard.press('Enter')
    await ada.page.keyboard.type('x')
    expect(await ada.text()).toBe('\nx')
  })
})

test('Ctrl+/ shows the keys, and Ctrl+S says that there is nothing to do', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.type('Words.')
  await ada.page.getByRole('button', { name: 'Share' }).waitFor()
  await ada.saved()
  await ada.page.keyboard.press('Control+s')
  await expect(ada.page.locator('.toasts')).toContainText('Already saved on this device')
  await ada.page.keyboard.press('Control+/')
  await expect(ada.page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
})

test('one goes to where somebody writes, follows them, and stops; who is off the screen is shown at its edge', async ({
  people,
}) => {
  const [ada, ben] = await withLines(people)
  await ada.caretToEnd()
  await ben.page.evaluate(() => window.scrollTo(0, 0))
  await ben.placeCaret(0, 2)
  const below = ben.page.getByRole('button', { name: 'Go to Ada’s cursor' })
  await expect(below).toContainText('Ada ↓')
  const caretIsSeen = (): Promise<boolean> =>
    ben.page.evaluate(() => {
      const box = document.querySelector('.remote-caret')?.getBoundingClientRect()
      return box !== undefined && box.top > 0 && box.bottom < innerHeight
    })
  expect(await caretIsSeen()).toBe(false)
  const avatar = ben.others.getByRole('button', { name: /^Ada/u })
  await avatar.click()
  await expect.poll(caretIsSeen).toBe(true)
  await expect(below).toHaveCount(0)

  await avatar.click()
  await expect(ben.page.getByText('Following Ada')).toBeVisible()
  await ada.placeCaret(0, 0)
  await expect.poll(() => ben.page.evaluate(() => window.scrollY)).toBeLessThan(300)
  await expect.poll(caretIsSeen).toBe(true)
  await ben.page.keyboard.press('Escape')
  await expect(ben.page.getByText('Following Ada')).toHaveCount(0)
  await ada.placeCaret(59, 2)
  await expect(below).toContainText('Ada ↓')
  expect(await ben.page.evaluate(() => window.scrollY)).toBeLessThan(300)
})

test('on a phone the tools are within reach of a thumb while one writes, and gone when one reads', async ({
  people,
}) => {
  const ada = await people.arrive('Ada', phone)
  await ada.startDocument()
  const tools = ada.page.getByRole('toolbar')
  await ada.body.tap()
  await expect(tools).toBeVisible()
  const names = await tools.getByRole('button').evaluateAll((buttons) => buttons.map((button) => button.ariaLabel))
  expect(names).toEqual(['Blocks', 'Bold', 'Bulleted list', 'Task list', 'Indent', 'Outdent', 'Link', 'Undo'])
  for (const box of await Promise.all((await tools.getByRole('button').all()).map((button) => button.boundingBox()))) {
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(40)
    expect((box?.x ?? 0) + (box?.width ?? Infinity)).toBeLessThanOrEqual(390)
  }
  await ada.page.keyboard.type('Words')
  await tools.getByRole('button', { name: 'Blocks' }).tap()
  await ada.page.getByRole('group', { name: 'Blocks' }).getByRole('button', { name: 'Quote' }).tap()
  await expect(ada.body.locator('[data-quote]')).toHaveCount(1)
  await expect(ada.body).toBeFocused()
  await ada.body.blur()
  await expect(tools).toBeHidden()
})

test('a document opens where one was, whatever was written above it meanwhile', async ({ people }) => {
  const [ada, ben, link] = await withLines(people)
  await ada.placeCaret(40, 7)
  await ada.page.evaluate(() => {
    const line = [...document.querySelectorAll('.ProseMirror > *')].find(({ textContent }) => textContent === 'Line 38')
    line?.scrollIntoView({ block: 'start' })
  })
  const topOf = (person: Person): Promise<number> =>
    person.page.evaluate(() => {
      const line = [...document.querySelectorAll('.ProseMirror > *')].find(
        ({ textContent }) => textContent === 'Line 38',
      )
      return Math.round(line?.getBoundingClientRect().top ?? NaN)
    })
  const before = await topOf(ada)
  await ada.until(
    (database) => JSON.stringify(localStorage.getItem(`${database} place`)).includes('head'),
    await databaseOf(ada),
  )
  await ada.page.waitForFunction(
    ([database, top]) => {
      const { offset } = JSON.parse(localStorage.getItem(`${database} place`) ?? '{}') as { offset?: number }
      return offset !== undefined && Math.abs(offset) < Math.abs(top) + 200
    },
    [await databaseOf(ada), before] as const,
  )
  await ada.saved()
  await ada.goHome()
  await ben.placeCaret(0, 0)
  for (let i = 0; i < 5; i++) await ben.type(`Above ${i}\n`)

  await ada.page.goto(link)
  await ada.ready()
  await ada.sees('Above 4')
  await expect.poll(() => topOf(ada).then((top) => Math.abs(top - before))).toBeLessThan(60)
  await expect(ada.body).toBeFocused()
  await ada.page.keyboard.type('!')
  await ben.sees('Line 40!')
})

const databaseOf = (person: Person): Promise<string> =>
  person.page.evaluate(() => window.inkmesh?.session.link.database ?? '')

test('arrow up leads from the first line to the title, and writing leaves room under the caret', async ({ people }) => {
  const ada = await people.arrive('Ada', { viewport: { width: 1000, height: 600 } })
  await ada.startDocument()
  await ada.type('First line')
  await ada.page.getByRole('button', { name: 'Share' }).waitFor()
  await ada.page.keyboard.press('ArrowUp')
  await expect(ada.title).toBeFocused()
  await ada.page.keyboard.press('ArrowDown')
  await expect(ada.body).toBeFocused()
  await ada.page.keyboard.press('Control+End')
  for (let i = 0; i < 40; i++) await ada.page.keyboard.press('Enter')
  await ada.page.keyboard.type('Last')
  await expect
    .poll(() =>
      ada.page.evaluate(() => innerHeight - (getSelection()?.getRangeAt(0).getBoundingClientRect().bottom ?? 0)),
    )
    .toBeGreaterThanOrEqual(140)
})

test('sharing begins at the button that copies the edit link; on a phone, with sending it', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.page.getByRole('button', { name: 'Share' }).click()
  const dialog = ada.page.getByRole('dialog', { name: 'Share' })
  await expect(dialog.getByRole('button', { name: 'Copy edit link' })).toBeFocused()
  await expect(dialog.getByText('A link keeps working and can’t be revoked.')).toHaveCount(1)
  await ada.page.keyboard.press('Enter')
  await expect.poll(() => ada.page.evaluate(() => navigator.clipboard.readText())).toContain('#edit=')

  const sendable = (): void => {
    const sent: unknown[] = []
    Object.assign(window, { sent })
    Object.defineProperty(navigator, 'share', { value: (data: unknown) => Promise.resolve(sent.push(data)) })
  }
  const ben = await people.arrive('Ben', { ...phone, before: [sendable] })
  await ben.startDocument()
  await ben.page.getByRole('button', { name: 'Share' }).tap()
  const first = ben.page.getByRole('dialog', { name: 'Share' }).getByRole('button', { name: 'Send edit link' })
  await expect(first).toBeFocused()
  await first.tap()
  expect(await ben.page.evaluate(() => JSON.stringify((window as unknown as { sent: unknown[] }).sent))).toContain(
    '#edit=',
  )
})

for (const [what, options] of [
  ['forced colours', { forcedColors: 'active' as const }],
  ['400 % zoom', { viewport: { width: 320, height: 256 } }],
] as const) {
  test(`with ${what} everything is there, and nothing runs over the edge`, async ({ people }) => {
    const ada = await people.arrive('Ada', options)
    await ada.goHome()
    const fits = (): Promise<number> =>
      ada.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(await fits()).toBeLessThanOrEqual(0)
    await ada.startDocument()
    await ada.type('Words that are long enough to need more than one line on a screen like this.')
    expect(await fits()).toBeLessThanOrEqual(0)
    await ada.page.getByRole('button', { name: 'Share' }).click()
    await expect(ada.page.getByRole('button', { name: 'Copy edit link' })).toBeInViewport()
    expect(await fits()).toBeLessThanOrEqual(0)
  })
}

test('with letters twice as big everything grows along, and nothing runs over the edge', async ({ people }) => {
  const ada = await people.arrive('Ada', { viewport: { width: 820, height: 1180 } })
  await ada.cdp.send('Page.setFontSizes', { fontSizes: { standard: 32 } })
  await ada.startDocument()
  await ada.type('Words that are long enough to need more than one line on a screen like this.')
  const box = await ada.page.getByRole('button', { name: 'Share' }).boundingBox()
  expect(box?.height ?? 0).toBeGreaterThan(60)
  expect(
    await ada.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
  ).toBeLessThanOrEqual(0)
})
