import { expect, test } from '../support/editor-harness/page.ts'

const HANGUL = ['ㅎ', '하', '한'] as const
const GEUL = ['ㄱ', '그', '글'] as const

test('shortcuts wait for the sign or the space after what was composed', async ({ writer }) => {
  await writer.open('^')
  await writer.type('# ')
  await writer.compose(...HANGUL)
  expect(await writer.sketch()).toBe('# 한^')
  await writer.open('^')
  await writer.type('**')
  await writer.compose(...HANGUL)
  await writer.compose(...GEUL)
  expect(await writer.sketch()).toBe('**한글^')
  await writer.type('**')
  expect(await writer.marks()).toBe('strong:한글')
  await writer.compose(...HANGUL)
  expect(await writer.marks()).toBe('strong:한글|한')
})

test('keys belong to the input method while it composes', async ({ writer }) => {
  await writer.open('- 가^')
  await writer.composing('하')
  // As Chromium reports keys that an input method takes.
  for (const key of ['Enter', 'Backspace', 'Tab']) {
    await writer.cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key, windowsVirtualKeyCode: 229 })
  }
  expect(await writer.sketch()).toBe('- 가하^')
  await writer.cdp.send('Input.insertText', { text: '한' })
  expect(await writer.sketch()).toBe('- 가한^')
  await writer.press('Enter')
  await writer.compose(...GEUL)
  expect(await writer.sketch()).toBe('- 가한\n- 글^')
})

test('composing in every kind of block leaves the text in its node', async ({ writer }) => {
  for (const line of ['', '# ', '- ', '1. ', '[ ] ', '> ', '``` ']) {
    await writer.open(`${line}앞^뒤`)
    const text = await writer.page.getByText('앞뒤').elementHandle()
    await writer.compose(...HANGUL)
    expect(await writer.sketch()).toBe(`${line}앞한^뒤`)
    expect(await text.evaluate((element) => element.isConnected)).toBe(true)
  }
})
