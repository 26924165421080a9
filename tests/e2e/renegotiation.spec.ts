import { test } from '../support/people.ts'
import { expectRenegotiation } from '../support/renegotiation.ts'

test('what a connection carries is changed 200 times from both sides at once, and nothing that is written suffers', async ({
  people,
}) => {
  test.setTimeout(120_000)
  const [ada, ben] = await people.pair()
  await expectRenegotiation(ada, ben)
})
