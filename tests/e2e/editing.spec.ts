import { createRequire } from 'node:module'
import type * as axe from 'axe-core'
import { expect, test } from '../support/editor-harness/page.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

test('Tab indents and stays; Escape, then Tab leaves', async ({ writer }) => {
  await writer.open('- a\n- b^')
  await writer.press('Tab')
  expect(await writer.sketch()).toBe('- a\n  - b^')
  await writer.press('Tab', 'Shift+Tab')
  expect(await writer.sketch()).toBe('- a\n- b^')
  await writer.press('Escape', 'Tab')
  await expect(writer.page.getByRole('button', { name: 'After' })).toBeFocused()
  await writer.page.getByRole('textbox').focus()
  await writer.press('Escape', 'Shift+Tab')
  await expect(writer.page.getByRole('button', { name: 'Before' })).toBeFocused()
})

test('the keys people know', async ({ writer }) => {
  await writer.open('one^')
  await writer.press('ControlOrMeta+Alt+2')
  expect(await writer.sketch()).toBe('## one^')
  await writer.press('ControlOrMeta+Shift+7')
  expect(await writer.sketch()).toBe('1. one^')
  await writer.press('ControlOrMeta+Shift+8')
  expect(await writer.sketch()).toBe('- one^')
  await writer.press('ControlOrMeta+Shift+9')
  expect(await writer.sketch()).toBe('[ ] one^')
  await writer.press('ControlOrMeta+Enter')
  expect(await writer.sketch()).toBe('[x] one^')
  await writer.press('ControlOrMeta+Shift+.')
  expect(await writer.sketch()).toBe('> [x] one^')
  await writer.press('ControlOrMeta+Alt+0', 'ControlOrMeta+Alt+c')
  expect(await writer.sketch()).toBe('> ``` one^')
  await writer.press('ControlOrMeta+Enter', 'x')
  expect(await writer.sketch()).toBe('> ``` one\n> x^')
  await writer.press('Shift+Enter', 'Alt+ArrowUp')
  expect(await writer.sketch()).toBe('> x⏎^\n> ``` one')
  await writer.press('ControlOrMeta+a', 'ControlOrMeta+k')
  expect(await writer.page.evaluate(() => window.harness.linkRequests)).toBe(1)
  await writer.press('Delete')
  expect(await writer.sketch()).toBe('^')
  for (const [key, mark] of Object.entries({
    b: 'strong',
    i: 'em',
    u: 'underline',
    e: 'code',
    'Shift+x': 'strike',
    'Shift+h': 'highlight',
  })) {
    await writer.open('a«b»c')
    await writer.press(`ControlOrMeta+${key}`)
    expect(await writer.marks()).toBe(`a|${mark}:b|c`)
  }
})

test('undo gives the typed signs of a shortcut back, at once or later, and Backspace does at once', async ({
  writer,
}) => {
  await writer.open('^')
  await writer.type('# ')
  expect(await writer.sketch()).toBe('# ^')
  await writer.press('ControlOrMeta+z')
  expect(await writer.sketch()).toBe('# ^')
  expect(await writer.page.locator('p').count()).toBe(1)
  await writer.open('^')
  await writer.type('**a**')
  await writer.page.keyboard.insertText(' b')
  expect(await writer.marks()).toBe('strong:a| b')
  await writer.press('ControlOrMeta+z', 'ControlOrMeta+z')
  expect(await writer.sketch()).toBe('**a**^')
  await writer.open('^')
  await writer.type('- ')
  await writer.press('Backspace')
  expect(await writer.sketch()).toBe('- ^')
  expect(await writer.page.locator('p').count()).toBe(1)
})

test('a task is checked by mouse, which leaves the caret, and by keyboard', async ({ writer }) => {
  await writer.open('[ ] Milk^\n[ ] Tea')
  const milk = writer.page.getByRole('checkbox', { name: 'Done Milk' })
  await milk.click()
  await expect(milk).toBeChecked()
  await writer.type('!')
  expect(await writer.sketch()).toBe('[x] Milk!^\n[ ] Tea')
  await writer.press('Escape', 'Tab', 'Tab', 'Space')
  expect(await writer.sketch()).toBe('[x] Milk!^\n[x] Tea')
  await writer.page.evaluate(() => window.harness.setEditable(false))
  await expect(writer.page.getByRole('checkbox').first()).toBeDisabled()
})

test('a change of attributes keeps the elements, and the numbers follow', async ({ writer }) => {
  await writer.open('1. a\n1. b^\n1. c\n[ ] d')
  const items = await writer.page.locator('li').elementHandles()
  const numbers = () =>
    writer.page.locator('li').evaluateAll((all) => all.map((item) => (item as HTMLElement).dataset.number ?? ''))
  expect(await numbers()).toEqual(['1', '2', '3', ''])
  await writer.press('Tab')
  expect(await numbers()).toEqual(['1', 'a', '2', ''])
  await writer.press('ControlOrMeta+Shift+.')
  await writer.page.getByRole('checkbox').click()
  for (const item of items) expect(await item.evaluate((element) => element.isConnected)).toBe(true)
  const second = writer.page.getByRole('listitem').nth(1)
  await expect(second).toHaveAttribute('aria-level', '2')
  await expect(second).toHaveAttribute('aria-posinset', '1')
  await expect(second).toHaveAttribute('aria-setsize', '1')
})

test('blocks are to assistive technology what they are', async ({ writer }) => {
  await writer.open('## Head^\n- a\n  - b\n> quoted\n---\n```js code\n[x] done')
  await expect(writer.page.getByRole('textbox')).toMatchAriaSnapshot(`
    - textbox "Document":
      - heading "Head" [level=2]
      - list:
        - listitem [level=1]: /a$/
      - list:
        - listitem [level=2]: /b$/
      - blockquote: quoted
      - separator
      - code: code
      - 'button "Language: js"': js
      - list:
        - listitem [level=1]:
          - checkbox "Done done" [checked]
          - text: done
  `)
})

test('an empty document has a placeholder, told once', async ({ writer }) => {
  await writer.open('^')
  const text = writer.page.getByRole('textbox')
  await expect(text).toHaveAttribute('aria-placeholder', 'Write something…')
  await expect(writer.page.locator('[data-placeholder]')).toHaveCount(1)
  await writer.type('a')
  await expect(text).not.toHaveAttribute('aria-placeholder')
  await expect(writer.page.locator('[data-placeholder]')).toHaveCount(0)
})

test('a click in a link puts the caret, with Ctrl it opens; where one only reads, a click opens', async ({
  writer,
}) => {
  await writer.page.context().route('https://example.org/', (route) => route.fulfill({ body: 'opened' }))
  await writer.open('^')
  await writer.type('[link](https://example.org/) ')
  const link = writer.page.getByRole('textbox').getByText('link')
  await link.click()
  expect(writer.page.context().pages()).toHaveLength(1)
  await expect.poll(writer.sketch).toMatch(/l.*\^.*k/u)
  const opened = writer.page.context().waitForEvent('page')
  await link.click({ modifiers: ['ControlOrMeta'] })
  await expect((await opened).locator('body')).toHaveText('opened')
  await writer.page.evaluate(() => window.harness.setEditable(false))
  const again = writer.page.context().waitForEvent('page')
  await link.click()
  await expect((await again).locator('body')).toHaveText('opened')
})

test('axe has nothing to say about any kind of block', async ({ writer }) => {
  await writer.open(
    '## Head^\n### Sub\n- a\n  1. b\n    [ ] c\n  text\n> quoted\n> - d\n---\n```js code\n[x] done\n[ ] \n7) e',
  )
  await writer.page.addScriptTag({ path: AXE })
  const found = await writer.page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run('.ProseMirror')
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
  expect(found).toEqual([])
})

test('a divider is reached by arrow keys and deleted', async ({ writer }) => {
  await writer.open('one^\n---\ntwo')
  await writer.press('ArrowDown')
  expect(await writer.sketch()).toBe('one\n--- (selected)\ntwo')
  await writer.press('ArrowDown', 'ArrowUp', 'Backspace')
  expect(await writer.sketch()).toMatch(/^one\^?\n\^?two$/u)
})

for (const [system, userAgent] of [
  ['a desktop', undefined],
  [
    'Android',
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
  ],
] as const) {
  test.describe(`on ${system}`, () => {
    test.use({ ...(userAgent !== undefined && { userAgent }) })

    test('an input method that changes the page and sends no keys splits and joins blocks all the same', async ({
      writer,
    }) => {
      const edit = (command: string) =>
        writer.cdp.send('Input.dispatchKeyEvent', {
          type: 'rawKeyDown',
          key: 'Unidentified',
          windowsVirtualKeyCode: 229,
          commands: [command],
        })
      for (const sign of ['', '# ', '- ', '1. ', '[ ] ', '> ', '> - ']) {
        await writer.open(`${sign}above\n${sign}one^two`)
        await edit('insertNewline')
        await writer.sees(`${sign}above\n${sign}one\n${sign}^two`)
        await edit('deleteBackward')
        if (/[-1[#]/u.test(sign)) await edit('deleteBackward')
        await writer.sees(`${sign}above\n${sign}one^two`)
        await edit('deleteBackward')
        await writer.sees(`${sign}above\n${sign}on^two`)
      }
    })
  })
}
