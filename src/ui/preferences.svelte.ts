/** This person's choices, live: name, colour, theme, language. Kept by `#storage/settings`. */
import { PERSON_COLORS, cleanName, type Person } from '#doc/person'
import { languageFor, loadDeskPhrases, loadPhrases, type DeskPhrases, type Language, type Phrases } from '#i18n/phrases'
import { changeSettings, observeSettings, readSettings, type Settings } from '#storage/settings'
import { friendlyName, translateName } from './names.ts'

class Preferences {
  /** The language that `words` are in. */
  language: Language = $state('en')
  words: Phrases
  #desk: DeskPhrases | null = $state.raw(null)
  #settings = $state.raw<Settings>(readSettings())
  readonly person: Person = $derived({ name: this.#settings.name, color: this.#settings.color ?? 0 })
  /** Whether they were asked for their name. */
  readonly named = $derived(this.#settings.named)
  readonly theme = $derived(this.#settings.theme)
  /** What the list of documents goes by. */
  readonly order = $derived(this.#settings.order)
  /** What was chosen, as against `language`, which is what is shown. */
  readonly chosenLanguage = $derived(this.#settings.language)

  private constructor(language: Language, words: Phrases) {
    this.language = language
    this.words = $state.raw(words)
    const name = this.#settings.name === '' ? friendlyName(words, Math.random) : this.#settings.name
    this.#set({ name, color: this.#settings.color ?? Math.floor(Math.random() * PERSON_COLORS) })
    this.#show()
    observeSettings((settings) => {
      this.#settings = settings
      void this.#speak()
      this.#show()
    })
  }

  static async load(): Promise<Preferences> {
    const language = languageOf(readSettings())
    return new Preferences(language, await loadPhrases(language))
  }

  /** Words of the toolbar, the menus and the dialogs; there once `furnish` has resolved. */
  get desk(): DeskPhrases {
    if (this.#desk === null) throw new Error('Words of the desk are wanted before furnish()')
    return this.#desk
  }

  /** Loads what `desk` says. To be awaited before a component that uses it is shown. */
  async furnish(): Promise<void> {
    this.#desk ??= await loadDeskPhrases(this.language)
  }

  setPerson(name: string, color: number): void {
    this.#set({ name: cleanName(name) || this.#settings.name, color, named: true })
  }

  /** Makes them somebody else: they have not chosen who they are. */
  makeUp(person: Person): void {
    this.#set(person)
  }

  setTheme(theme: Settings['theme']): void {
    this.#set({ theme })
    this.#show()
  }

  setOrder(order: Settings['order']): void {
    this.#set({ order })
  }

  /** A generated name follows the language; a name someone chose stays. */
  async setLanguage(language: Language | null): Promise<void> {
    const before = this.words
    this.#set({ language })
    await this.#speak()
    this.#set({ name: translateName(this.#settings.name, before, this.words) ?? this.#settings.name })
  }

  #set(patch: Partial<Settings>): void {
    this.#settings = changeSettings(patch)
  }

  async #speak(): Promise<void> {
    const language = languageOf(this.#settings)
    if (language === this.language) return
    const [words, desk] = await Promise.all([
      loadPhrases(language),
      this.#desk === null ? null : loadDeskPhrases(language),
    ])
    this.words = words
    this.#desk = desk
    this.language = language
    this.#show()
  }

  #show(): void {
    const root = document.documentElement
    root.lang = this.language
    if (this.theme === 'system') delete root.dataset.theme
    else root.dataset.theme = this.theme
  }
}

const languageOf = (settings: Settings): Language => settings.language ?? languageFor(navigator.language)

/** The one of this page. */
export const preferences = await Preferences.load()

/** A component together with the words it needs. */
export async function furnished<T>(component: Promise<T>): Promise<T> {
  await preferences.furnish()
  return component
}
