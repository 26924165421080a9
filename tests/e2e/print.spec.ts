import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

/** How many sheets a document makes. */
async function sheets({ page }: Person): Promise<number> {
  const pdf = await page.pdf({ format: 'A4' })
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b/gu)?.length ?? 0
}

test('a document prints as its title and its text, on as many sheets as it takes, in the dark as well', async ({
  people,
}) => {
  const ada = await people.arrive('Ada')
  await ada.importMarkdown('plan.md', '# Plan\n\n- [x] done\n- [ ] open\n\n> quoted\n\n## Next\n\ntext\n')
  await ada.page.getByRole('button', { name: 'More' }).waitFor()
  await ada.page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await expect(ada.title).toBeVisible()
  await expect(ada.page.getByText('quoted')).toBeVisible()
  await expect(ada.page.getByRole('banner')).toBeHidden()
  await expect(ada.page.getByRole('toolbar')).toBeHidden()
  const ink = await ada.body.evaluate((body) => getComputedStyle(body).color)
  expect(ink).toMatch(/^rgb\((?:[0-5]?\d), (?:[0-5]?\d), (?:[0-5]?\d)\)$/u)
  expect(await sheets(ada)).toBe(1)
  // No room is left below the text, which would be an empty sheet in the end.
  const below = await ada.body.evaluate(
    (body) => document.body.getBoundingClientRect().bottom - body.getBoundingClientRect().bottom,
  )
  expect(below).toBeLessThan(2)

  await ada.page.emulateMedia({ media: null })
  const paragraph = `${'All of this stands on paper. '.repeat(14)}\n\n`
  await ada.importMarkdown('long.md', `# Long\n\n${paragraph.repeat(330)}The end.\n`)
  await ada.sees('The end.')
  await ada.page.getByRole('button', { name: 'More' }).waitFor()
  expect(await sheets(ada)).toBeGreaterThanOrEqual(40)
})

test('the menu prints', async ({ people }) => {
  const ada = await people.arrive('Ada', {
    before: [
      () => Object.assign(window, { printed: 0, print: () => (window as unknown as { printed: number }).printed++ }),
    ],
  })
  await ada.startDocument()
  await ada.page.getByRole('button', { name: 'More' }).click()
  await ada.page.getByRole('menuitem', { name: 'Print or save as PDF' }).click()
  await expect.poll(() => ada.page.evaluate(() => (window as unknown as { printed: number }).printed)).toBe(1)
})
