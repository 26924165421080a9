/** What the screen says in every situation. */
import { describe, expect, test } from 'vitest'
import { diagnoseConnection, type ConnectionFacts } from '#net/diagnostics/diagnosis'
import { enDesk } from '../../../src/i18n/en-desk.ts'
import { en } from '../../../src/i18n/en.ts'
import { koDesk } from '../../../src/i18n/ko-desk.ts'
import { ko } from '../../../src/i18n/ko.ts'
import type { Facts } from '#session/facts'
import { describe as say } from '../../../src/ui/status.ts'
import { FACTS, SITUATIONS, type Situation } from '../../support/situations.ts'

const NOW = 1_000_000

const PATHS: ConnectionFacts['paths'] = {
  ours: { host: 1, srflx: 1, relay: 0 },
  theirs: { host: 1, srflx: 1, relay: 0 },
  legs: [],
  faults: [],
  opened: 0,
  blocked: 0,
  unanswered: 0,
  blockedAt: null,
}

/** The line as it is read: where else it is stands for where it is saved. */
function lineOf(facts: Facts, words: typeof en): string {
  const { saved, copies, connection } = say(facts, words)
  return [copies ?? saved, connection].filter((part) => part !== null).join(' · ')
}

/** The panel's diagnosis of the same moment. */
function panelOf({ facts, links = [], relayedOver }: Situation): keyof typeof enDesk.connection.diagnoses {
  const { relay, online, blocked, otherBuild } = { ...FACTS, ...facts }
  return diagnoseConnection({
    supported: relay !== 'none',
    online,
    relay: relay === 'lost' || relay === 'connecting' ? relay : 'connected',
    otherBuild,
    stun: true,
    turn: relayedOver !== undefined,
    links: links.map((state) => ({ state, relayedOver: relayedOver ?? null })),
    paths: {
      ...PATHS,
      ours: { ...PATHS.ours, srflx: relayedOver === undefined ? 1 : 0 },
      blockedAt: blocked ? NOW : null,
    },
    now: NOW,
  })
}

describe('what the screen says when', () => {
  test.each(Object.entries(SITUATIONS))('%s', (_, situation) => {
    const facts = { ...FACTS, ...situation.facts }
    expect([lineOf(facts, en), lineOf(facts, ko)]).toEqual([situation.en, situation.ko])
    const panel = panelOf(situation)
    const titles = [enDesk.connection.diagnoses[panel].title, koDesk.connection.diagnoses[panel].title]
    expect(titles).toEqual([...situation.panel])
  })

  test('there are enough of them to mean something', () => {
    expect(Object.keys(SITUATIONS).length).toBeGreaterThan(20)
  })
})
