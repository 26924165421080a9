import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

/** Counts what this page says to other tabs about a document, by kind. Runs in the page before the app. */
function countPosts(): void {
  const posts: Record<string, number> = {}
  Object.assign(window, { posts })
  window.BroadcastChannel = class extends BroadcastChannel {
    override postMessage(message: unknown): void {
      if (this.name.endsWith(' tabs')) {
        const { kind } = message as { kind: string }
        posts[kind] = (posts[kind] ?? 0) + 1
      }
      super.postMessage(message)
    }
  }
}

const postsOf = (person: Person): Promise<Record<string, number>> =>
  person.page.evaluate(() => ({ ...(window as unknown as { posts: Record<string, number> }).posts }))

/** Updates posted to other tabs; document messages sent, passed on, and received. */
const countsOf = (person: Person): Promise<number[]> =>
  person.page.evaluate(() => {
    const { sent = 0, forwarded = 0, received = 0 } = window.inkmesh?.room?.diagnostics().document ?? {}
    const { posts = {} } = window as unknown as { posts?: Record<string, number> }
    return [posts.update ?? 0, sent, forwarded, received]
  })

test('a tab that is alone says that it is there, and nothing else', async ({ people }) => {
  const ada = await people.arrive('Ada', { tabsTalk: true, before: [countPosts] })
  await ada.startDocument()
  await ada.type('Written by one who has one tab.')
  await ada.saved()
  expect(await postsOf(ada)).toEqual({ hello: 1 })
})

test('of two tabs and a peer, each update crosses each border once', async ({ people }) => {
  const ada = await people.arrive('Ada', { tabsTalk: true, before: [countPosts] })
  const link = await ada.startDocument()
  const second = await ada.openTab()
  await second.open(link)
  const ben = await people.arrive('Ben')
  await ben.open(link)
  await ben.until(() => (window.inkmesh?.room?.status.links.length ?? 0) > 0)
  await ada.type('Before. ')
  await Promise.all([second.sees('Before.'), ben.sees('Before.')])
  await ben.caretToEnd()

  // The first one tells the tabs whom each of them hears.
  await ben.type('Also. ')
  await Promise.all([ada.sees('Before. Also. '), second.sees('Before. Also. ')])

  const all = [ada, second, ben]
  // Who has written is noted in the document a moment after they did.
  const namesBoth = (): boolean => window.inkmesh?.doc.getMap('authors').size === 2
  await Promise.all(all.map((person) => person.until(namesBoth)))
  const counts = () => Promise.all(all.map(countsOf))
  /** What has changed in so many updates: posts, messages sent, passed on, received. */
  const since = async (before: Awaited<ReturnType<typeof counts>>): Promise<number[][]> =>
    (await counts()).map((now, i) => now.map((count, k) => count - (before[i]?.[k] ?? 0)))
  const first = await counts()
  await ada.caretToEnd()
  await ada.enter('x')
  await Promise.all([second.sees('Also. x'), ben.sees('Also. x')])
  expect(await since(first)).toEqual([
    [1, 1, 0, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 1],
  ])
  const then = await counts()
  await ben.caretToEnd()
  await ben.enter('y')
  await Promise.all([ada.sees('Also. xy'), second.sees('Also. xy')])
  expect(await since(then)).toEqual([
    [0, 0, 0, 1],
    [0, 0, 0, 1],
    [0, 2, 0, 0],
  ])
})
