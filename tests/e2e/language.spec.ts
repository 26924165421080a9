import { expect, test } from '../support/people.ts'

test('a Korean browser gets Korean, everywhere', async ({ people }) => {
  const ada = await people.arrive('에이다', { locale: 'ko-KR' })
  await ada.goHome()
  await expect(ada.page.locator('html')).toHaveAttribute('lang', 'ko')
  await ada.page.getByRole('button', { name: '새 문서' }).waitFor()
  const words = await ada.page.locator('body').innerText()
  expect(words).toMatch(/[가-힣]/u)
  expect(words.replaceAll('Inkmesh', '').replaceAll('Markdown', '')).not.toMatch(/[A-Za-z]{4,}/u)
  await ada.page.getByRole('button', { name: '새 문서' }).click()
  await ada.ready()
  await ada.body.pressSequentially('한국어로 씁니다.')
  await expect(ada.status).toContainText(/[가-힣]/u)
})
