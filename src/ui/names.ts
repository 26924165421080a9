/** Friendly names for people who have not said theirs. */
import { graphemesOf } from '#doc/graphemes'
import type { Phrases } from '#i18n/phrases'

/** A generated name, in the language of `words`, with none of the animals `taken` as long as there are others. `random` gives numbers in [0, 1). */
export function friendlyName(words: Phrases, random: () => number, taken: readonly string[] = []): string {
  const { adjectives, animals: all, join } = words.names
  const free = all.filter((animal) => !taken.includes(animal))
  const animals = free.length > 0 ? free : all
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? ''
  return join(pick(adjectives), pick(animals))
}

/** The same generated name in another language; null when it is no generated name of `from`. */
export function translateName(name: string, from: Phrases, to: Phrases): string | null {
  for (const [i, adjective] of from.names.adjectives.entries()) {
    for (const [j, animal] of from.names.animals.entries()) {
      if (from.names.join(adjective, animal) === name) {
        return to.names.join(to.names.adjectives[i] ?? '', to.names.animals[j] ?? '')
      }
    }
  }
  return null
}

/** Whether a name is a generated one of this language. */
export const isMadeUp = (name: string, words: Phrases): boolean => translateName(name, words, words) !== null

/** A text of at most so many characters as people count them, the last of them an ellipsis where there was more. */
export function shorten(text: string, most: number): string {
  const characters = graphemesOf(text)
  return characters.length > most
    ? characters
        .slice(0, most - 1)
        .join('')
        .trimEnd() + '…'
    : text
}
