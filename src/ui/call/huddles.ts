/** The huddles of open documents. Loaded when one is wanted, with what calls need and the words for it. */
import { Call } from '#net/call/call'
import type { SessionView } from '../session.svelte.ts'
import { Huddle } from './huddle.svelte.ts'
import { callWords } from './words.svelte.ts'

const huddles = new WeakMap<SessionView, Huddle>()

/** The huddle of this document; the same each time. Throws while there is no room. */
export async function huddleOf(session: SessionView): Promise<Huddle> {
  await callWords.furnish()
  const known = huddles.get(session)
  if (known !== undefined) return known
  const { room, awareness, link } = session
  if (room === null) throw new Error('A huddle is wanted before there is a room')
  const huddle = new Huddle(new Call({ room, awareness, writes: link.role === 'edit' }))
  huddles.set(session, huddle)
  return huddle
}
