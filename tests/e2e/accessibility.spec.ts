import axe, { type AxeResults } from 'axe-core'
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

/** What axe finds on the page as it is now. Its source goes in by the debugging protocol, which no policy of the page forbids. */
async function expectAccessible(person: Person, screen: string): Promise<void> {
  await person.page.evaluate(axe.source)
  const { violations } = await person.page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })')
  const found = violations.map(
    ({ id, nodes }) => `${screen}: ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  )
  expect(found).toEqual([])
}

const screens = [
  { name: 'desktop', viewport: { width: 1440, height: 900 } },
  { name: 'phone', viewport: { width: 390, height: 844 } },
]

for (const { name, viewport } of screens) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing to object to, ${name}, ${colorScheme}`, async ({ people }) => {
      const options = { viewport, colorScheme, reducedMotion: 'reduce' } as const
      const ada = await people.arrive('Ada', options)
      const { page } = ada
      await ada.goHome()
      await page.getByRole('button', { name: 'New document' }).waitFor()
      await expectAccessible(ada, 'empty home')

      const link = await ada.importMarkdown('all.md', EVERYTHING)
      const ben = await people.arrive('Ben', options)
      await ben.open(link)
      await ada.meets(1)
      await ben.caretToEnd()
      await expect(ada.cursors).toHaveCount(1)
      await expectAccessible(ada, 'document')

      await page.getByRole('button', { name: 'Share' }).click()
      await page.getByRole('dialog', { name: 'Share' }).waitFor()
      await expectAccessible(ada, 'share')
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: 'More' }).click()
      await page.getByRole('menu').waitFor()
      await expectAccessible(ada, 'menu')
      await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click()
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
      await expectAccessible(ada, 'shortcuts')
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: /Change your name/u }).click()
      await page.getByRole('textbox', { name: 'Your name' }).waitFor()
      await expectAccessible(ada, 'name')
      await page.keyboard.press('Escape')

      await ada.goHome()
      await page.getByRole('list', { name: 'My documents' }).waitFor()
      await expectAccessible(ada, 'home')
      await page.goto(link.slice(0, -3))
      await page.getByRole('heading', { name: 'This link is damaged' }).waitFor()
      await expectAccessible(ada, 'damaged link')
    })
  }
}

const EVERYTHING = `# One

## Two

### Three

Text with **bold**, *italic*, ~~strike~~, \`code\` and [a link](https://example.com).

- a
  - b
- c

1. one
2. two

- [ ] to do
- [x] done

> quoted

\`\`\`js
let code = 1
\`\`\`

---

End.
`
