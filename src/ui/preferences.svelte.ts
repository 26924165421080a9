/** This person's choices, live: name, colour, theme, language. Kept by `#storage/settings`. */
import { PERSON_COLORS, cleanName, type Person } from '#doc/person'
import { languageFor, phrases, type Language, type Phrases } from '#i18n/phrases'
import { changeSettings, observeSettings, readSettings, type Settings } from '#storage/settings'
import { friendlyName, translateName } from './names.ts'

class Preferences {
  #settings = $state.raw<Settings>(readSettings())
  readonly language: Language = $derived(this.#settings.language ?? languageFor(navigator.language))
  readonly words: Phrases = $derived(phrases[this.language])
  readonly person: Person = $derived({ name: this.#settings.name, color: this.#settings.color ?? 0 })
  readonly theme = $derived(this.#settings.theme)
  /** What was chosen, as against `language`, which is what is shown. */
  readonly chosenLanguage = $derived(this.#settings.language)

  constructor() {
    const name = this.#settings.name === '' ? friendlyName(this.words, Math.random) : this.#settings.name
    const color = this.#settings.color ?? Math.floor(Math.random() * PERSON_COLORS)
    this.#set({ name, color })
    this.#show()
    observeSettings((settings) => {
      this.#settings = settings
      this.#show()
    })
  }

  setPerson(name: string, color: number): void {
    this.#set({ name: cleanName(name) || this.#settings.name, color })
  }

  setTheme(theme: Settings['theme']): void {
    this.#set({ theme })
    this.#show()
  }

  /** A generated name follows the language; a name someone chose stays. */
  setLanguage(language: Language | null): void {
    const before = this.words
    this.#set({ language })
    this.#set({ name: translateName(this.#settings.name, before, this.words) ?? this.#settings.name })
    this.#show()
  }

  #set(patch: Partial<Settings>): void {
    this.#settings = changeSettings(patch)
  }

  #show(): void {
    const root = document.documentElement
    root.lang = this.language
    if (this.theme === 'system') delete root.dataset.theme
    else root.dataset.theme = this.theme
  }
}

export const preferences = new Preferences()
