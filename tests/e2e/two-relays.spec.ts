import { Balancer } from '../support/balancer.ts'
import { expect, expectDataChannel, expectEqual, test } from '../support/people.ts'
import { noRedis, TestRedis } from '../support/redis.ts'
import { RelayProcess } from '../support/relay-process.ts'

test.skip(noRedis !== null, noRedis ?? '')

interface Scene {
  redis: TestRedis
  one: RelayProcess
  two: RelayProcess
  /** Addresses that lead to the one relay, and to the other when that is dead. */
  first: Balancer
  second: Balancer
}

/** Two relays in processes of their own that share a Redis. */
async function withTwoRelays(play: (scene: Scene) => Promise<void>): Promise<void> {
  const redis = await TestRedis.start()
  const env = { REDIS_URL: redis.url }
  const [one, two] = await Promise.all([RelayProcess.start(env), RelayProcess.start(env)])
  const [first, second] = [await Balancer.before(one, two), await Balancer.before(two, one)]
  try {
    await play({ redis, one, two, first, second })
  } finally {
    await Promise.all([first.stop(), second.stop(), one.kill(), two.kill(), redis.kill()])
  }
}

/** The same document, from another site. */
const at = (site: { url: string }, link: string): string => link.replace(/^https?:\/\/[^/]+/u, site.url)

test('two people on different relays meet and write together, also while and after Redis is dead', ({ people }) =>
  withTwoRelays(async ({ redis, one, two }) => {
    const [ada, ben] = [await people.arrive('Ada', {}, one), await people.arrive('Ben', {}, two)]
    const link = await ada.startDocument()
    await ben.open(at(two, link))
    await Promise.all([ada.meets(1), ben.meets(1)])
    await ada.type('Ada is on one. ')
    await ben.sees('Ada is on one.')
    await ben.type('Ben is on two. ')
    await expectEqual([ada, ben])
    await expectDataChannel(ada, ben)

    await redis.kill()
    await expect.poll(() => health(one)).toMatch(/^degraded/u)
    await ada.caretToEnd()
    await ada.type('Redis is dead. ')
    await ben.sees('Redis is dead.')
    // Somebody who comes now finds only those of the same relay, and through them the document.
    const cora = await people.arrive('Cora', {}, two)
    await cora.open(at(two, link))
    await cora.sees('Redis is dead.')

    await redis.restart()
    await Promise.all([ada.meets(2), ben.meets(2), cora.meets(2)])
    await expect.poll(() => health(one)).toBe('ok\n')
    const dan = await people.arrive('Dan', {}, one)
    await dan.open(at(one, link))
    await dan.meets(3)
    await dan.type('Dan found everyone.')
    const text = await expectEqual([ada, ben, cora, dan])
    expect(text).toBe('Ada is on one. Ben is on two. Redis is dead. Dan found everyone.')
  }))

test('the people of a relay that dies move to the other, whichever it is', ({ people }) =>
  withTwoRelays(async ({ one, two, first, second }) => {
    const [ada, ben] = [await people.arrive('Ada', {}, first), await people.arrive('Ben', {}, second)]
    const link = await ada.startDocument()
    await ben.open(at(second, link))
    await Promise.all([ada.meets(1), ben.meets(1)])

    await one.kill()
    await ada.until(() => window.inkmesh?.room?.status.relay === 'connected')
    await ada.type('One died. ')
    await ben.sees('One died.')
    const cora = await people.arrive('Cora', {}, first)
    await cora.open(at(first, link))
    await Promise.all([ada.meets(2), ben.meets(2), cora.meets(2)])

    await one.restart()
    await two.kill()
    await cora.type('Two died. ')
    await ben.sees('Two died.')
    const dan = await people.arrive('Dan', {}, second)
    await dan.open(at(second, link))
    await Promise.all([ada, ben, cora, dan].map((person) => person.meets(3)))
    expect(await expectEqual([ada, ben, cora, dan])).toBe('One died. Two died. ')
  }))

async function health({ url }: { url: string }): Promise<string> {
  return (await fetch(`${url}/healthz`)).text()
}
