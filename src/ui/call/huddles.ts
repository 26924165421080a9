/** The huddles of open documents. Loaded when one is wanted, with what calls need and the words for it. */
import { mount, unmount } from 'svelte'
import { parsePerson } from '#doc/person'
import { Call } from '#net/call/call'
import { preferences } from '../preferences.svelte.ts'
import { kept, type SessionView } from '../session.svelte.ts'
import CallBar from './CallBar.svelte'
import { Huddle } from './huddle.svelte.ts'
import { callWords } from './words.svelte.ts'

/** A page that is looked at, on something that does not live off a battery in a pocket. */
const canPass = (): boolean => document.visibilityState === 'visible' && !matchMedia('(pointer: coarse)').matches

const huddles = new WeakMap<SessionView, Huddle>()

/** Stands for a call whose document is not on the screen. */
let bar: ReturnType<typeof mount> | null = null

/** The huddle of this document; the same each time. Throws while there is no room. */
export async function huddleOf(session: SessionView): Promise<Huddle> {
  await callWords.furnish()
  const known = huddles.get(session)
  if (known !== undefined) return known
  const { room, awareness, link } = session
  if (room === null) throw new Error('A huddle is wanted before there is a room')
  const huddle = new Huddle({
    call: new Call({ room, awareness, writes: link.role === 'edit', canPass }),
    nameOf: (client) =>
      client === undefined
        ? preferences.person.name
        : (parsePerson(awareness.getStates().get(client))?.name ?? callWords.now.huddle.someone),
    fileName: () => callWords.now.recording.file(session.title.trim()),
  })
  huddles.set(session, huddle)
  return huddle
}

/** The document is on the screen. It stays open when its page goes, while this person is in its call. */
export function followHuddle(session: SessionView, { isIn }: Huddle): void {
  if (isIn) kept.session = session
  else if (kept.session === session) kept.session = null
}

/** The page of the document is there, with the call on it. */
export function bringBack(): void {
  if (bar !== null) void unmount(bar)
  bar = null
}

/** The page of the document is gone; the call goes on until this person leaves it, or comes back. */
export function keepTalking(session: SessionView, huddle: Huddle): void {
  if (!huddle.isIn) return
  const onEnd = (): void => {
    bringBack()
    if (kept.session === session) kept.session = null
    void session.dispose()
  }
  // Not while the page is being taken down.
  queueMicrotask(() => {
    bringBack()
    bar = mount(CallBar, { target: document.body, props: { session, huddle, onEnd } })
  })
}
