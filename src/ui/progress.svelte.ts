/** Something that takes a while, shown with how far it is, and with a way to stop it. */
import { mount, unmount } from 'svelte'
import ProgressBar from './ProgressBar.svelte'

export interface Progress {
  isCancelled(): boolean
  /** Called when the person cancels it. */
  onCancel: () => void
  /** Says what is being done, and which part of it is done, from 0 to 1; null when there is no telling. */
  tell(text: string, part: number | null): void
  end(): void
}

/** When to show it, in milliseconds: what is done sooner need not be seen. */
const DELAY = 300

/** Begins to show how far something is. */
export function showProgress(): Progress {
  const view = $state({ text: '', part: null as number | null, cancel: (): void => undefined })
  let component: Record<string, unknown> | null = null
  const shown = setTimeout(() => {
    component = mount(ProgressBar, { target: document.body, props: { view } })
  }, DELAY)
  let isCancelled = false
  const progress: Progress = {
    isCancelled: () => isCancelled,
    onCancel: () => undefined,
    tell(text, part) {
      view.text = text
      view.part = part
    },
    end() {
      clearTimeout(shown)
      if (component !== null) void unmount(component)
      component = null
    },
  }
  view.cancel = () => {
    isCancelled = true
    progress.onCancel()
  }
  return progress
}
