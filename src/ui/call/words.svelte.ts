/** The words of calls: loaded with the first one. */
import { loadCallPhrases } from '#i18n/call-phrases'
import type { CallPhrases, Language } from '#i18n/phrases'
import { preferences } from '../preferences.svelte.ts'

class CallWords {
  #loaded = $state.raw<CallPhrases | null>(null)

  /** Loads them. */
  async furnish(language: Language = preferences.language): Promise<void> {
    this.#loaded = await loadCallPhrases(language)
  }

  /** There once `furnish` has resolved. */
  get now(): CallPhrases {
    if (this.#loaded === null) throw new Error('Words of calls are wanted before furnish()')
    return this.#loaded
  }
}

export const callWords = new CallWords()
