/** Says what pasted text was taken for, where it may have been meant otherwise. */
import type { PastedText } from '#editor/options'
import { preferences } from './preferences.svelte.ts'
import { toasts } from './toasts.svelte.ts'

/** Tells it, with what can be done about it. */
export async function tell({ as, change }: PastedText): Promise<void> {
  await preferences.furnish()
  const words = preferences.desk.pasted
  if (as === 'markdown' || as === 'lines')
    toasts.show(words[as].done, change && { label: words[as].change, run: change })
  else toasts.show(words[as])
}
