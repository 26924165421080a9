import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

/** Names and numbers of those who wrote, by client id. */
const authorsOf = (person: Person): Promise<Record<string, { id: string; name: string }>> =>
  person.page.evaluate(() => window.inkmesh?.doc.getMap('authors').toJSON() ?? {})

const clientsOf = (person: Person): Promise<number> =>
  person.page.evaluate(() => window.inkmesh?.doc.store.clients.size ?? 0)

const own = (person: Person): Promise<string> => person.page.evaluate(() => String(window.inkmesh?.doc.clientID))

test('a document tells who wrote in it, and nothing of who only read', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.type('Dear Ben')
  await ben.sees('Dear Ben')
  const [adasId, bensId] = [await own(ada), await own(ben)]
  await expect.poll(async () => Object.keys(await authorsOf(ben))).toEqual([adasId])
  expect(await clientsOf(ben)).toBe(1)
  await ben.type(' Dear Ada')
  await ada.sees('Dear Ada')
  const names = async (): Promise<string[]> => Object.values(await authorsOf(ada)).map(({ name }) => name)
  await expect.poll(async () => (await names()).sort()).toEqual(['Ada', 'Ben'])
  const authors = await authorsOf(ada)
  expect(authors[adasId]?.id).toMatch(/^[\da-f]{16}$/u)
  expect(authors[bensId]?.id).not.toBe(authors[adasId]?.id)

  // Opened again, the document takes on nothing until something is written, and then the same author.
  await ada.saved()
  await ada.reload()
  await ada.sees('Dear Ada')
  expect(await authorsOf(ada)).toEqual(authors)
  await ada.type('!')
  await expect.poll(async () => (await authorsOf(ada))[await own(ada)]).toEqual(authors[adasId])
})

test('in another document one is somebody else', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const ids = []
  for (const words of ['one', 'two']) {
    await ada.startDocument()
    await ada.type(words)
    ids.push(...Object.values(await authorsOf(ada)).map(({ id }) => id))
  }
  expect(new Set(ids).size).toBe(2)
})
