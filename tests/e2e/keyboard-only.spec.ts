import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

/** Presses a key until what has the focus has this accessible name. */
async function go(person: Person, key: string, role: string, name: RegExp): Promise<void> {
  const target = person.page.getByRole(role as 'button', { name })
  for (let i = 0; i < 40; i++) {
    if (await target.evaluateAll((elements) => elements.some((element) => element === document.activeElement))) return
    await person.page.keyboard.press(key)
  }
  throw new Error(`${key} never reaches ${role} ${String(name)}`)
}

test('the main job is done by keyboard alone', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const { keyboard } = ada.page
  await ada.goHome()
  await ada.page.getByRole('button', { name: 'New document' }).waitFor()
  await go(ada, 'Tab', 'button', /^New document$/u)
  await keyboard.press('Enter')
  await ada.ready()

  await go(ada, 'Tab', 'textbox', /^Title$/u)
  await keyboard.type('By keyboard')
  await go(ada, 'Tab', 'textbox', /^Document$/u)
  await keyboard.type('## A heading')
  await keyboard.press('Enter')
  await keyboard.type('- **bold** item')
  await keyboard.press('Enter')
  await keyboard.press('Tab')
  await keyboard.type('below it')
  await expect(ada.body.getByRole('heading', { level: 2 })).toHaveText('A heading')
  await expect(ada.body.getByRole('listitem')).toHaveCount(2)
  await expect(ada.body.locator('strong')).toHaveText('bold')

  // Out of the text, where Tab indents, and to the dialog.
  await keyboard.press('Escape')
  await go(ada, 'Shift+Tab', 'button', /^Share$/u)
  await keyboard.press('Enter')
  const dialog = ada.page.getByRole('dialog', { name: 'Share' })
  await expect(dialog).toBeVisible()
  const edit = dialog.getByRole('textbox', { name: 'Edit link' })
  const link = await edit.inputValue()
  await keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(ada.page.getByRole('button', { name: 'Share' })).toBeFocused()

  const ben = await people.arrive('Ben')
  await ben.open(link.replace('/#', '/?debug#'))
  await ben.sees('A heading')
})

test('what has the focus is seen to have it', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  for (let i = 0; i < 12; i++) {
    await ada.page.keyboard.press('Tab')
    const shown = await ada.page.evaluate(() => {
      const element = document.activeElement
      if (!element || element === document.body || element.matches('[role=textbox], input')) return true
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
    })
    expect(shown).toBe(true)
  }
})
