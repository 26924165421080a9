import { expect, test } from '../support/editor-harness/page.ts'

const EVERYTHING =
  '# One\n- Two\n  1. Three\n  > quoted⏎twice\n[x] Four\n---\n7) Five\n1. Six\n> ```js a⏎b\n    deep\nlast'

test('what is copied comes out the same, by own data, and by HTML alone', async ({ writer }) => {
  await writer.open(EVERYTHING)
  await writer.press('ControlOrMeta+a')
  const copied = await writer.copied()
  await writer.press('Delete')
  await writer.paste(copied)
  await writer.sees(`${EVERYTHING}^`)
  await writer.press('ControlOrMeta+a', 'Delete')
  await writer.paste({ 'text/html': copied['text/html'] ?? '' })
  await writer.sees(`${EVERYTHING}^`)
})

test('other programs get nested lists and quotes', async ({ writer }) => {
  await writer.open('- «a\n  1. b\n> c»')
  const { 'text/html': html = '' } = await writer.copied()
  expect(html.replace(/ data-[\w-]+="[^"]*"/gu, '')).toMatch(
    /<ul>.*<li>.*a.*<ol>.*<li>.*b.*<\/ol>.*<\/ul>.*<blockquote>.*c.*<\/blockquote>/su,
  )
})

test('cut and paste by keys, through the system clipboard', async ({ writer }) => {
  await writer.open('- on«e\n  - tw»o')
  await writer.press('ControlOrMeta+x')
  expect(await writer.sketch()).toBe('- on^o')
  await writer.press('ControlOrMeta+v')
  await writer.sees('- one\n  - tw^o')
  await writer.press('ControlOrMeta+z')
  await writer.sees('- on^o')
})

test('a piece of a web page, of Google Docs, of Word, of Notion', async ({ writer }) => {
  const html = async (text: string): Promise<string> => {
    await writer.open('^')
    await writer.paste({ 'text/html': text, 'text/plain': 'x' })
    return writer.sketch()
  }
  expect(await html('<h2>A</h2><p>b <b>c</b></p><ul><li>d<ul><li>e</li></ul></li></ul><hr><pre>f\ng</pre>')).toBe(
    '## A\nb c\n- d\n  - e\n---\n``` f⏎g^',
  )
  expect(
    await html(
      '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><h1 dir="ltr"><span style="font-size:20pt">Plan</span></h1>' +
        '<p dir="ltr"><span style="font-weight:700">bold</span><span style="font-style:italic"> it</span><span> no</span></p>' +
        '<ul><li dir="ltr" aria-level="1"><p dir="ltr"><span>one</span></p></li>' +
        '<ul><li dir="ltr" aria-level="2"><p dir="ltr"><span>two</span></p></li></ul></ul></b>',
    ),
  ).toBe('# Plan\nbold it no\n- one\n  - two^')
  expect(await writer.marks()).toBe('Plan|strong:bold|em: it| no|one|two')
  expect(
    await html(
      '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{color:red}</style></head><body><!--StartFragment-->' +
        '<p class=MsoNormal>Text<o:p></o:p></p>' +
        "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp;</span></span><![endif]>item<o:p></o:p></p>" +
        '<!--EndFragment--></body></html>',
    ),
  ).toBe('Text\n- item^')
  expect(
    await html(
      '<ul class="to-do-list"><li><input type="checkbox" checked>done</li><li><input type="checkbox">open</li></ul>',
    ),
  ).toBe('[x] done\n[ ] open^')
})

test('Markdown as plain text is read as Markdown, and undo gives the text back', async ({ writer }) => {
  await writer.open('before^')
  await writer.press('Enter')
  await writer.paste({ 'text/plain': '# Head\n\n- a\n- **b**\n' })
  await writer.sees('before\n# Head\n- a\n- b^')
  expect(await writer.marks()).toBe('before|Head|a|strong:b')
  await writer.press('ControlOrMeta+z')
  await writer.sees('before\n# Head\n\n- a\n- **b**\n^')
  expect(await writer.page.locator('h1, li').count()).toBe(0)
})

test('whoever types on while Markdown is being read stays where they are', async ({ writer }) => {
  let read = (): void => undefined
  const held = new Promise<void>((resolve) => (read = resolve))
  await writer.page.route(/markdown/u, async (route) => {
    await held
    await route.fallback()
  })
  await writer.open('^')
  await writer.paste({ 'text/plain': '# Head\n\n- a\n- **b**' })
  await writer.press('Enter')
  await writer.type('one')
  read()
  await writer.sees('# Head\n- a\n- b\none^')
  await writer.type(' two')
  await writer.sees('# Head\n- a\n- b\none two^')
})

test('an e-mail keeps its lines, and can be read as Markdown; Markdown can be kept as text', async ({ writer }) => {
  await writer.open('- before^')
  await writer.press('Enter')
  await writer.paste({ 'text/plain': '> Shall we?\nYes, **do**.\n\n> Where?\nHere.' })
  await writer.sees('- before\n- > Shall we?\n- Yes, **do**.\n- \n- > Where?\n- Here.^')
  expect(await writer.pastedAs()).toBe('lines')
  await writer.pasteOtherwise()
  await expect.poll(writer.pastedAs).toBe('markdown')
  expect(await writer.marks()).toContain('strong:do')
  await writer.pasteOtherwise()
  await writer.sees('- before\n- > Shall we?\n- Yes, **do**.\n- \n- > Where?\n- Here.^')

  await writer.open('^')
  await writer.paste({ 'text/plain': '# Head\n\n- a\n- b' })
  await expect.poll(writer.pastedAs).toBe('markdown')
  await writer.sees('# Head\n- a\n- b^')
  await writer.press('Enter')
  await writer.type('c')
  await writer.pasteOtherwise()
  expect(await writer.page.locator('p').allTextContents()).toEqual(['# Head', '', '- a', '- b'])
  await writer.press('ControlOrMeta+z')
  await writer.sees('# Head\n- a\n- b\n- c^')
})

test('a piece of a program becomes a block of code, with its lines', async ({ writer }) => {
  await writer.open('See:^')
  await writer.press('Enter')
  await writer.paste({ 'text/plain': 'def main():\n    print(1)\n\n    return 0\nmain()\n' })
  await writer.sees('See:\n``` def main():⏎    print(1)⏎⏎    return 0⏎main()^')
})

test('pictures that no address leads to leave their descriptions, which is said', async ({ writer }) => {
  await writer.open('^')
  await writer.paste({ 'text/html': '<p>a <img src="data:image/png;base64,iVBORw0KGgo=" alt="a cat"> b</p>' })
  await writer.sees('a a cat b^')
  expect(await writer.pastedAs()).toBe('pictures')
})

test('with Shift, text stays as it is', async ({ writer }) => {
  await writer.open('^')
  await writer.page.keyboard.down('Shift')
  await writer.paste({ 'text/plain': '- a\n- b', 'text/html': '<h1>a</h1>' })
  await writer.page.keyboard.up('Shift')
  await writer.type('!')
  expect(await writer.page.locator('p').allTextContents()).toEqual(['- a', '- b!'])
})

test('an address links what is selected, or stands there as a link', async ({ writer }) => {
  await writer.open('a «b» c')
  await writer.paste({ 'text/plain': 'https://example.org/x' })
  expect(await writer.marks()).toBe('a |link:b| c')
  await writer.open('a ^')
  await writer.paste({ 'text/plain': 'https://example.org/x' })
  await writer.type('!')
  expect(await writer.marks()).toBe('a |link:https://example.org/x|!')
})

test('code takes text as it is', async ({ writer }) => {
  await writer.open('``` a^b')
  await writer.paste({ 'text/plain': '# x\r\n<b>', 'text/html': '<h1>x</h1>' })
  await writer.sees('``` a# x⏎<b>^b')
})

test('a large paste is there within ten seconds, on a busy machine too', async ({ writer }) => {
  await writer.open('^')
  const lines = Array.from({ length: 5000 }, (_, index) => `<p>Line <b>${index}</b> of many</p>`)
  const start = Date.now()
  await writer.paste({ 'text/html': lines.join('') })
  await expect(writer.page.getByText('Line 4999 of many')).toBeAttached()
  expect(Date.now() - start).toBeLessThan(10_000)
})
