import type { Locator } from '@playwright/test'
import { expect, test } from '../support/people.ts'

test('the home page lists documents by title and first words, and finds them', async ({ people }) => {
  const ada = await people.arrive('Ada')
  for (const [title, text] of [
    ['Groceries', 'Apples and pears'],
    ['Letter', 'Dear Ben'],
  ] as const) {
    await ada.startDocument()
    await ada.title.fill(title)
    await ada.type(text)
    await ada.saved()
  }
  await ada.goHome()
  const list = ada.page.getByRole('list', { name: 'My documents' })
  await expect(list.getByRole('listitem')).toHaveCount(2)
  await expect(list).toContainText('Groceries')
  await expect(list).toContainText('Dear Ben')

  const search = ada.page.getByRole('searchbox', { name: 'Search documents' })
  await search.fill('pears')
  await expect(list.getByRole('listitem')).toHaveCount(1)
  await expect(list).toContainText('Groceries')
  await search.fill('nothing like it')
  await expect(ada.page.getByText('Nothing found for “nothing like it”.')).toBeVisible()
  await search.fill('')

  await list.getByRole('link', { name: /Letter/u }).click()
  await ada.ready()
  expect(await ada.text()).toBe('Dear Ben')
})

test('a removed document can be brought back', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.title.fill('Keepsake')
  await ada.type('Not to be lost.')
  await ada.saved()
  await ada.goHome()
  const list = ada.page.getByRole('list', { name: 'My documents' })
  await expect(list).toContainText('Keepsake')
  await ada.page.getByRole('button', { name: 'Remove “Keepsake” from this device' }).click()
  await expect(list.getByText('Keepsake')).toHaveCount(0)
  await ada.page.getByRole('button', { name: 'Undo' }).click()
  await expect(list).toContainText('Keepsake')
  await list.getByRole('link', { name: /Keepsake/u }).click()
  await ada.ready()
  expect(await ada.text()).toBe('Not to be lost.')
})

test('a Markdown file is imported by button and by dropping it', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.importMarkdown('recipe.md', '# Soup\n\n- water\n- salt\n')
  // A first heading is the title.
  await expect(ada.title).toHaveValue('Soup')
  expect(await ada.text()).toBe('water\nsalt')
  await expect(ada.body.getByRole('listitem')).toHaveCount(2)

  await ada.goHome()
  const dataTransfer = await ada.page.evaluateHandle(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File(['Dropped *here*.\n'], 'dropped.md', { type: 'text/markdown' }))
    return transfer
  })
  for (const type of ['dragenter', 'dragover', 'drop']) {
    await ada.page.getByRole('main').dispatchEvent(type, { dataTransfer })
  }
  await ada.page.waitForURL(/#edit=/u)
  await ada.ready()
  expect(await ada.text()).toBe('Dropped here.')
})

test('a file dropped into a document, or pasted, is never lost and never leaves the page', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.type('Mine.')
  const url = ada.page.url()
  const drop = async (target: Locator, name: string, text: string): Promise<void> => {
    const dataTransfer = await ada.page.evaluateHandle(
      ([fileName, content]) => {
        const transfer = new DataTransfer()
        transfer.items.add(new File([content], fileName))
        return transfer
      },
      [name, text] as const,
    )
    for (const type of ['dragenter', 'dragover', 'drop']) await target.dispatchEvent(type, { dataTransfer })
  }
  const toasts = ada.page.locator('.toasts')
  for (const target of [ada.body, ada.page.getByRole('banner')]) {
    await drop(target, 'note.md', 'Dropped *here*.')
    await expect(toasts).toContainText('Imported 1 document.')
    expect([ada.page.url(), await ada.text()]).toEqual([url, 'Mine.'])
    await toasts.getByRole('button', { name: 'Open' }).click()
    await expect.poll(() => ada.page.url()).not.toBe(url)
    await ada.sees('Dropped here.')
    await ada.page.goto(url)
    await ada.sees('Mine.')
  }
  await ada.body.evaluate((body) => {
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1)], 'image.png', { type: 'image/png' }))
    body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })
  await expect(toasts).toContainText('“image.png” is not text')
  expect(await ada.text()).toBe('Mine.')
})

test('a file that is brought before the page is ready waits until it is', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  await ada.type('Mine.')
  const ben = await people.arrive('Ben')
  let letThrough = (): void => undefined
  const gate = new Promise<void>((resolve) => (letThrough = resolve))
  await ben.page.route('**/assets/Desk-*.js', async (route) => {
    await gate
    await route.continue()
  })
  await ben.page.goto(link)
  await ben.sees('Mine.')
  await ben.body.evaluate((body) => {
    const carrying = (file: File): DataTransfer => {
      const data = new DataTransfer()
      data.items.add(file)
      return data
    }
    const init = { bubbles: true, cancelable: true }
    body.dispatchEvent(
      new DragEvent('drop', { dataTransfer: carrying(new File(['Dropped.'], 'dropped.txt')), ...init }),
    )
    const pasted = carrying(new File(['Pasted.'], 'pasted.txt'))
    body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: pasted, ...init }))
  })
  expect(await ben.text()).toBe('Mine.')
  letThrough()
  const toasts = ben.page.locator('.toasts')
  await expect(toasts.getByText('Imported 1 document.')).toHaveCount(2)
  await ben.goHome()
  await expect(ben.page.getByRole('list', { name: 'My documents' })).toContainText('dropped')
  await expect(ben.page.getByRole('list', { name: 'My documents' })).toContainText('pasted')
})

test('a text keeps its lines and its letters, whatever its encoding; what is no text is said to be none', async ({
  people,
}) => {
  const ada = await people.arrive('Ada')
  const take = async (name: string, buffer: Buffer): Promise<void> => {
    await ada.goHome()
    await ada.chooseFiles({ name, mimeType: '', buffer })
  }
  const toast = (text: string) => ada.page.locator('.toasts').getByText(text)
  const opened = async (): Promise<string> => {
    await ada.page.waitForURL(/#edit=/u)
    await ada.ready()
    return ada.text()
  }

  await take('addresses.txt', Buffer.from('Ada Lovelace\r\nLondon\r\n\r\nBen\r\n'))
  expect(await opened()).toBe('Ada Lovelace\nLondon\n\nBen')
  await expect(ada.title).toHaveValue('addresses')

  // '안녕하세요' and '한국어 문서입니다' in EUC-KR.
  await take('memo.txt', Buffer.from('bec8b3e7c7cfbcbcbfe40ac7d1b1b9beee20b9aebcadc0d4b4cfb4d9', 'hex'))
  expect(await opened()).toBe('안녕하세요\n한국어 문서입니다')
  await expect(toast('was read as EUC-KR')).toBeVisible()

  // A dash and quotes of Windows-1252.
  await take('brief.txt', Buffer.from('Gr\xfc\xdfe aus M\xfcnchen \x96 \x84sch\xf6n\x93 war es\n', 'latin1'))
  expect(await opened()).toBe('Grüße aus München – „schön“ war es')

  await take('answer.txt', Buffer.from('> Shall we meet?\nYes, **soon**.\n'))
  expect(await opened()).toBe('> Shall we meet?\nYes, **soon**.')
  const before = ada.page.url()
  await ada.page.locator('.toasts').getByRole('button', { name: 'Read as Markdown' }).click()
  await expect.poll(() => ada.page.url()).not.toBe(before)
  await ada.ready()
  await expect(ada.body.locator('strong')).toHaveText('soon')

  await take('script.py', Buffer.from('import os\nprint(1)\n'))
  await opened()
  await expect(ada.body.locator('pre')).toHaveText(/import os\nprint\(1\)/u)

  await take('picture.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
  await expect(toast('“picture.png” is not text')).toBeVisible()
  await expect(ada.page.getByRole('button', { name: 'Import files' })).toBeVisible()
})

test('a long Markdown file is read beside the page, with its references', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const items = Array.from({ length: 2000 }, (_, n) => `- *item* ${n} &copy;`)
  await ada.importMarkdown('long.md', `# Long &amp; wide\n\n${items.join('\n')}\n`)
  await expect(ada.title).toHaveValue('Long & wide')
  await ada.sees('item 1999 ©')
  await expect(ada.body.locator('em')).toHaveCount(2000)
  await expect(ada.page.locator('.toasts')).toBeEmpty()
})

test('Markdown made to take minutes is given up: its lines are kept, which is said, and the page lives meanwhile', async ({
  people,
}) => {
  const ada = await people.arrive('Ada')
  await ada.goHome()
  await ada.page.evaluate(() => {
    const counter = Object.assign(window, { beats: 0 })
    setInterval(() => counter.beats++, 50)
  })
  const text = `${'a<?'.repeat(40)}\n`.repeat(850)
  await ada.chooseFiles({ name: 'hostile.md', mimeType: '', buffer: Buffer.from(text) })
  await expect(ada.page.locator('.toasts')).toContainText('could not be read as Markdown in time', { timeout: 30_000 })
  // It was given five seconds.
  expect(await ada.page.evaluate(() => (window as unknown as { beats: number }).beats)).toBeGreaterThan(50)
  await ada.page.waitForURL(/#edit=/u)
  await ada.ready()
  expect((await ada.text()).trimEnd()).toBe(text.trimEnd())
})
