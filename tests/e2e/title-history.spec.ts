import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

const button = (person: Person, name: string) =>
  person.page.getByRole('toolbar').getByRole('button', { name, exact: true })

/** Pastes plain text where the caret is. */
async function paste(person: Person, text: string): Promise<void> {
  await person.page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text)
  await person.page.keyboard.press('Control+v')
}

/** Longer than what is typed in one go may pause. */
const pause = (person: Person) => person.page.waitForTimeout(600)

test('the title goes back and forward by keys, also over pasted lines', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.title.focus()
  await ada.enter('Ne')
  await pause(ada)
  await ada.page.keyboard.press('Control+a')
  await paste(ada, 'two\nlines')
  await expect(ada.title).toHaveValue('two lines')
  await ada.page.keyboard.press('Control+z')
  await expect(ada.title).toHaveValue('Ne')
  await ada.page.keyboard.press('Control+Shift+z')
  await expect(ada.title).toHaveValue('two lines')
  await ada.page.keyboard.press('Control+z')
  await ada.page.keyboard.press('Control+z')
  await ada.page.keyboard.press('Control+z')
  await expect(ada.title).toHaveValue('')
  await ada.page.keyboard.press('Control+y')
  await expect(ada.title).toHaveValue('Ne')
  // What was selected when it was undone is selected again.
  await ada.enter('New')
  await expect(ada.title).toHaveValue('New')
  await ada.enter('s')
  await pause(ada)
  await ada.page.keyboard.press('Home')
  await ada.enter('Old ')
  await ada.page.keyboard.press('End')
  await ada.page.keyboard.press('Control+z')
  await ada.enter('The ')
  await expect(ada.title).toHaveValue('The News')
})

test('the browser’s own undo and redo do the same', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.title.focus()
  await ada.enter('One')
  await pause(ada)
  await ada.enter(' two')
  // As the menu of the browser does.
  await ada.cdp.send('Input.dispatchKeyEvent', { type: 'keyDown', commands: ['undo'] })
  await expect(ada.title).toHaveValue('One')
})

test('the toolbar undoes where the caret is, or was last', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.caretToEnd()
  await ada.enter('The text')
  await expect(button(ada, 'Undo')).toHaveAttribute('aria-disabled', 'false')
  await ada.title.focus()
  await expect(button(ada, 'Undo')).toHaveAttribute('aria-disabled', 'true')
  await ada.enter('The title')
  await button(ada, 'Undo').click()
  await expect(ada.title).toHaveValue('')
  expect(await ada.text()).toBe('The text')
  await expect(button(ada, 'Undo')).toHaveAttribute('aria-disabled', 'true')
  // By the keyboard too: the toolbar takes the focus, and acts on the field that had it.
  await ada.page.keyboard.press('Alt+F10')
  await button(ada, 'Redo').focus()
  await ada.page.keyboard.press('Enter')
  await expect(ada.title).toHaveValue('The title')
  await expect(ada.title).toBeFocused()
  await ada.body.click()
  await button(ada, 'Undo').click()
  await expect.poll(() => ada.text()).toBe('')
  await expect(ada.title).toHaveValue('The title')
})

test('undo in the title leaves what another person wrote there', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.title.focus()
  await ada.enter('Minutes')
  await expect(ben.title).toHaveValue('Minutes')
  await ben.title.focus()
  await ben.page.keyboard.press('Home')
  await ben.enter('Our ')
  await expect(ada.title).toHaveValue('Our Minutes')
  await ada.page.keyboard.press('Control+z')
  await expect(ada.title).toHaveValue('Our ')
  await expect(ben.title).toHaveValue('Our ')
  await ben.page.keyboard.press('Control+z')
  await expect(ada.title).toHaveValue('')
  await ada.page.keyboard.press('Control+Shift+z')
  await expect(ben.title).toHaveValue('Minutes')
})
