/** What can be done in a call besides speaking, seeing and hearing. */
import type { Editor } from '#editor/editor'
import { preferences } from '../preferences.svelte.ts'
import { toasts } from '../toasts.svelte.ts'
import { callIcons } from './call-icons.ts'
import type { Huddle } from './huddle.svelte.ts'
import { noteOf } from './note.ts'
import { caretBlock } from './pointing.ts'
import { canRecord } from './recorder.ts'
import { callWords } from './words.svelte.ts'

/** Something that can be done. */
export interface Deed {
  icon: string
  label: string
  run: () => void
}

interface Situation {
  huddle: Huddle
  editor: Editor | null
  /** This person may write. */
  writes: boolean
}

/** As it is now; to be asked for again when something of it changes. */
export function callDeeds({ huddle, editor, writes }: Situation): Deed[] {
  const { controls, recording, spotlight } = callWords.now
  const { maySpeak, presence } = huddle.call
  const deeds: Deed[] = []
  const add = (icon: keyof typeof callIcons, label: string, run: () => void): void =>
    void deeds.push({ icon: callIcons[icon], label, run })
  if (maySpeak && writes) {
    add('present', presence?.presents === true ? controls.presentNoMore : controls.present, () =>
      huddle.togglePresenting(),
    )
  }
  if (writes && editor !== null) {
    add('laser', huddle.isPointing ? controls.laserOff : controls.laser, () => {
      huddle.isPointing = !huddle.isPointing
    })
    if ((presence?.spotlight ?? null) === null) {
      add('spotlight', controls.spotlight, () => {
        const block = caretBlock(editor)
        if (block === null) toasts.show(spotlight.nowhere)
        else huddle.spotlight(block)
      })
    } else add('spotlight', controls.spotlightOff, () => huddle.spotlight(null))
    add('note', preferences.desk.people.huddleNote, () => insertNote(huddle, editor))
  }
  if (canRecord()) {
    if (huddle.recording.step === 'off') add('record', recording.start, () => huddle.recording.start())
    else add('record', recording.stop, () => void huddle.recording.stop())
  }
  return deeds
}

/** Writes where the caret is when the call was, how long so far, and who was there. */
export function insertNote(huddle: Huddle, editor: Editor): void {
  const { view } = editor
  view.dispatch(
    view.state.tr.insertText(noteOf(huddle.talk, preferences.language, callWords.now.note)).scrollIntoView(),
  )
  view.focus()
}
