import { crowdTest as test } from '../support/crowded.ts'
import type { Crowd } from '../support/net-harness/crowd.ts'
import { expect } from '../support/people.ts'
import type { Person } from '../support/person.ts'

const PATIENCE = { timeout: 60_000, intervals: [250] }

/** Document messages that all have sent so far, the browser included. */
async function messages(crowd: Crowd, person: Person): Promise<number> {
  const own = await person.page.evaluate(() => {
    const { sent, forwarded } = window.inkmesh?.room?.diagnostics().document ?? { sent: 0, forwarded: 0 }
    return sent + forwarded
  })
  return (await crowd.reports()).reduce((sum, report) => sum + report.messages, own)
}

/** Waits until everyone has this title. */
async function agree(crowd: Crowd, person: Person, title: string): Promise<void> {
  await expect(person.title).toHaveValue(title, PATIENCE)
  await expect
    .poll(async () => (await crowd.reports()).filter((report) => report.title !== title).length, PATIENCE)
    .toBe(0)
}

/** Changes by some of the peers, one after the other; gives the most messages that one of them cost. */
async function dearest(crowd: Crowd, person: Person, authors: readonly number[]): Promise<number> {
  let most = 0
  for (const author of authors) {
    const before = await messages(crowd, person)
    const title = `${(await crowd.reports())[author]?.title ?? ''}${author % 10}`
    await crowd.write(author, String(author % 10))
    await agree(crowd, person, title)
    most = Math.max(most, (await messages(crowd, person)) - before)
  }
  return most
}

test('24 peers and a browser in one room: few links, few messages, one document', async ({ people, crowd }) => {
  test.setTimeout(180_000)
  const ada = await people.arrive('Ada')
  const address = await ada.startDocument()
  await ada.title.fill('Crowd ')

  // Twelve are linked each with each: one update is told once to everybody else.
  await crowd.join(11, address)
  const links = async (): Promise<number[]> => (await crowd.reports()).map((report) => report.links)
  await expect.poll(links, PATIENCE).toEqual(Array.from({ length: 11 }, () => 11))
  await ada.meets(11)
  await agree(crowd, ada, 'Crowd ')
  expect(await dearest(crowd, ada, [0, 5, 10])).toBe(11)

  await crowd.join(13, address)
  const present = async (): Promise<number[]> => (await crowd.reports()).map((report) => report.present)
  await expect.poll(present, PATIENCE).toEqual(Array.from({ length: 24 }, () => 25))
  await expect.poll(async () => Math.max(...(await links())), PATIENCE).toBeLessThanOrEqual(12)
  const cost = await dearest(crowd, ada, [0, 11, 17, 23])
  expect(cost).toBeGreaterThanOrEqual(24)
  expect(cost).toBeLessThanOrEqual(3 * 25)

  const title = await ada.title.inputValue()
  await ada.title.press('End')
  await ada.title.pressSequentially(' done')
  await agree(crowd, ada, `${title} done`)
})
