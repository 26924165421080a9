/** A stranger's first five minutes, from the home page to finding the document again: by keyboard alone, and by touch. */
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

/** Presses a key until something has the focus. */
async function go(person: Person, key: string, role: 'button' | 'textbox' | 'link', name: RegExp): Promise<void> {
  const target = person.page.getByRole(role, { name })
  await target.first().waitFor()
  for (let i = 0; i < 60; i++) {
    if (await target.evaluateAll((all) => all.some((element) => element === document.activeElement))) return
    await person.page.keyboard.press(key)
  }
  throw new Error(`${key} never reaches ${role} ${String(name)}`)
}

/** The page that the link in the text leads to. */
const answerLink = (person: Person): Promise<unknown> =>
  person.context.route('https://example.com/**', (route) => route.fulfill({ body: 'Trains' }))

/** Whether somebody's caret is on the screen. */
const seesCaret = (person: Person): Promise<boolean> =>
  person.page.evaluate(() => {
    const box = document.querySelector('.remote-caret')?.getBoundingClientRect()
    return box !== undefined && box.top > 0 && box.bottom < innerHeight
  })

test('by keyboard alone', async ({ people }) => {
  test.setTimeout(90_000)
  const mina = await people.arrive('')
  const { page } = mina
  const { keyboard } = page
  await answerLink(mina)
  await mina.goHome()
  await go(mina, 'Tab', 'button', /^New document$/u)
  await keyboard.press('Enter')
  await mina.ready()
  await expect(mina.title).toBeFocused()
  await keyboard.type('Trip to Busan')
  await keyboard.press('Enter')
  await page.getByRole('button', { name: 'Share' }).waitFor()
  await keyboard.type('/hea')
  await expect(page.getByRole('option', { selected: true })).toContainText('Heading 1')
  await keyboard.press('Enter')
  await keyboard.type('Plan')
  await keyboard.press('Enter')
  await keyboard.type('See https://example.com/trains for trains. ')
  for (let i = 0; i < 30; i++) {
    await keyboard.press('Enter')
    await keyboard.type(`Stop ${i}`)
  }

  await keyboard.press('Escape')
  await go(mina, 'Shift+Tab', 'button', /^Share$/u)
  await keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Copy edit link' })).toBeFocused()
  await go(mina, 'Shift+Tab', 'textbox', /^Others see you as/u)
  await keyboard.press('Control+a')
  await keyboard.type('Mina')
  await keyboard.press('Enter')
  await go(mina, 'Tab', 'button', /^Copy edit link$/u)
  await keyboard.press('Enter')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('#edit=')
  const link = await page.evaluate(() => navigator.clipboard.readText())
  await keyboard.press('Escape')

  // Mina's laptop sleeps: Jonas waits, and what he sees says why.
  await mina.unplug()
  const jonas = await people.arrive('')
  await jonas.page.goto(link.replace('/#', '/?debug#'))
  await jonas.page.getByRole('heading', { name: 'Waiting for the document' }).waitFor()
  await mina.heal()
  await jonas.sees('Stop 29')
  await jonas.meets(1)
  await jonas.body.focus()
  await jonas.page.keyboard.press('Control+End')
  await jonas.page.keyboard.type(' with Jonas')
  await mina.sees('with Jonas')

  await mina.body.focus()
  await keyboard.press('Control+Home')
  await keyboard.press('Escape')
  await go(mina, 'Shift+Tab', 'button', /^(?!.*\(you\)).+/u)
  const [other] = await page.evaluate(() => window.inkmesh?.session.others.map(({ name }) => name) ?? [])
  await go(mina, 'Shift+Tab', 'button', new RegExp(`^${other}`, 'u'))
  await keyboard.press('Enter')
  await expect.poll(() => seesCaret(mina)).toBe(true)
  await keyboard.press('Enter')
  await expect(page.getByText(`Following ${other}`)).toBeVisible()
  await jonas.page.keyboard.press('Control+Home')
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeLessThan(200)
  await keyboard.press('Escape')
  await expect(page.getByText(`Following ${other}`)).toHaveCount(0)

  await mina.placeCaret(1, 8)
  const opened = mina.context.waitForEvent('page')
  await keyboard.press('Alt+Enter')
  expect((await opened).url()).toContain('example.com')
  await (await opened).close()

  await page.evaluate(() => Object.assign(window, { print: () => Object.assign(window, { printed: true }) }))
  await keyboard.press('Escape')
  await go(mina, 'Shift+Tab', 'button', /^More$/u)
  await keyboard.press('Enter')
  await page.getByRole('menu').waitFor()
  await keyboard.type('Pr')
  await keyboard.press('Enter')
  await page.waitForFunction(() => 'printed' in window)

  await mina.saved()
  await go(mina, 'Shift+Tab', 'link', /^All documents$/u)
  await keyboard.press('Enter')
  await page.getByRole('searchbox', { name: 'Search documents' }).waitFor()
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await keyboard.press('/')
  await keyboard.type('onas')
  await expect(page.locator('mark')).toHaveText('onas')
  await keyboard.press('Enter')
  await mina.ready()
  await expect(mina.title).toHaveValue('Trip to Busan')
})

test('by touch', async ({ people }) => {
  test.setTimeout(90_000)
  const sendable = (): void => {
    Object.defineProperty(navigator, 'share', {
      value: (data: { url: string }) => Promise.resolve(Object.assign(window, { sent: data.url })),
    })
  }
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: 'ko-KR' } as const
  const mina = await people.arrive('', { ...phone, before: [sendable] })
  const { page } = mina
  await answerLink(mina)
  await mina.goHome()
  await page.getByRole('button', { name: '새 문서' }).tap()
  await mina.ready()
  await page.keyboard.type('부산 여행')
  await mina.body.tap()
  await page.getByRole('button', { name: '블록', exact: true }).tap()
  await page.getByRole('button', { name: '제목 1' }).tap()
  await page.keyboard.type('계획\\n기차는 https://example.com/trains 에서. ')
  await page.getByRole('button', { name: '할 일 목록', exact: true }).tap()
  await page.keyboard.type('표 사기')
  for (let i = 0; i < 30; i++) await page.keyboard.type(`\\n역 ${i}`)

  await page.getByRole('button', { name: '공유' }).tap()
  await page.getByRole('textbox', { name: /내 이름/u }).fill('미나')
  await page.getByRole('button', { name: '저장' }).tap()
  await page.getByRole('button', { name: '편집 링크 보내기' }).tap()
  const link = await page.evaluate(() => (window as unknown as { sent: string }).sent)
  await page.keyboard.press('Escape')

  await mina.unplug()
  const jonas = await people.arrive('', phone)
  await jonas.page.goto(link.replace('/#', '/?debug#'))
  await jonas.page.getByRole('heading', { name: '문서를 기다리는 중' }).waitFor()
  await mina.heal()
  await jonas.sees('역 29')
  await jonas.meets(1)
  await jonas.page
    .getByRole('region', { name: '내 이름' })
    .getByRole('button', { name: /닫기|지우기/u })
    .tap()
  await jonas.body.locator('li').last().tap()
  await jonas.page.keyboard.type(' 함께')
  await mina.sees('함께')

  await page.evaluate(() => window.scrollTo(0, 0))
  const [other] = await page.evaluate(() => window.inkmesh?.session.others.map(({ name }) => name) ?? [])
  const avatar = page
    .getByRole('list', { name: '함께 있는 사람' })
    .getByRole('button', { name: new RegExp(`^${other}`, 'u') })
  await avatar.tap()
  await expect.poll(() => seesCaret(mina)).toBe(true)
  await avatar.tap()
  await expect(page.getByText(`${other} 님을 따라가는 중`)).toBeVisible()
  await page.getByRole('button', { name: '그만 (Esc)' }).tap()

  await page.evaluate(() => window.scrollTo(0, 0))
  await mina.body.getByRole('link').tap()
  const opened = mina.context.waitForEvent('page')
  await page.getByRole('dialog', { name: '링크' }).getByRole('link', { name: '열기' }).tap()
  expect((await opened).url()).toContain('example.com')
  await (await opened).close()

  await page.evaluate(() => Object.assign(window, { print: () => Object.assign(window, { printed: true }) }))
  await page.getByRole('button', { name: '더 보기' }).tap()
  await page.getByRole('menuitem', { name: '인쇄하거나 PDF로 저장' }).tap()
  await page.waitForFunction(() => 'printed' in window)

  await mina.saved()
  await page.getByRole('link', { name: '모든 문서' }).tap()
  await page.getByRole('searchbox').fill('함께')
  const row = page.getByRole('list', { name: '내 문서' }).getByRole('listitem')
  await expect(row.locator('mark')).toHaveText('함께')
  await row.getByRole('link').tap()
  await mina.ready()
  await expect(mina.page.locator('.title textarea')).toHaveValue('부산 여행')
})
