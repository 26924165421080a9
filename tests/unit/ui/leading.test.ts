import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { lead, onLead } from '../../../src/ui/leading.ts'

const tell = (from: Awareness, to: Awareness): void =>
  applyAwarenessUpdate(to, encodeAwarenessUpdate(from, [from.clientID]), 'test')

let mina: Awareness
let jonas: Awareness
beforeEach(() => {
  vi.useFakeTimers()
  mina = new Awareness(new Y.Doc())
  jonas = new Awareness(new Y.Doc())
  mina.setLocalStateField('user', { name: 'Mina', color: 1 })
})
afterEach(() => {
  mina.destroy()
  jonas.destroy()
  vi.useRealTimers()
})

test('who is here is asked once each time; who comes later is not', () => {
  tell(mina, jonas)
  const asked: number[] = []
  const stop = onLead(jonas, (client) => asked.push(client))
  lead(mina)
  tell(mina, jonas)
  expect(asked).toEqual([mina.clientID])
  // A caret that moves is no question.
  mina.setLocalStateField('cursor', { anchor: 1 })
  tell(mina, jonas)
  expect(asked).toHaveLength(1)
  stop()

  const late: number[] = []
  onLead(jonas, (client) => late.push(client))
  tell(mina, jonas)
  expect(late).toEqual([])
})

test('who asks again and again is heard now and then', () => {
  tell(mina, jonas)
  const asked: number[] = []
  onLead(jonas, (client) => asked.push(client))
  for (let i = 0; i < 20; i++) {
    lead(mina)
    tell(mina, jonas)
  }
  expect(asked).toHaveLength(1)
  vi.advanceTimersByTime(6000)
  lead(mina)
  tell(mina, jonas)
  expect(asked).toHaveLength(2)
})

test('what makes no sense asks nothing', () => {
  tell(mina, jonas)
  const asked: number[] = []
  onLead(jonas, (client) => asked.push(client))
  mina.setLocalStateField('lead', { count: 'x' })
  tell(mina, jonas)
  expect(asked).toEqual([])
})
