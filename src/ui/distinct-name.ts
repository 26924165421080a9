/** Made-up names, so that no two people in a document are the same animal. */
import { loadPhrases, type Phrases } from '#i18n/phrases'
import { friendlyName } from './names.ts'

/** Which animal a made-up name is of, as an index; null for a name of another kind. */
function animalOf(name: string, languages: readonly Phrases[]): number | null {
  for (const { names } of languages) {
    const { adjectives, animals, join } = names
    const found = animals.findIndex((animal) => adjectives.some((adjective) => join(adjective, animal) === name))
    if (found >= 0) return found
  }
  return null
}

/**
 * Another made-up name for whoever is the same animal as one of the `others`, in whatever language either speaks; null when
 * the name may stay. `random` gives numbers in [0, 1).
 */
export async function distinctName(
  name: string,
  others: readonly string[],
  words: Phrases,
  random: () => number,
): Promise<string | null> {
  const languages = await Promise.all([loadPhrases('en'), loadPhrases('ko')])
  const own = animalOf(name, languages)
  const taken = others.map((other) => animalOf(other, languages)).filter((animal) => animal !== null)
  if (own === null || !taken.includes(own)) return null
  return friendlyName(
    words,
    random,
    taken.map((animal) => words.names.animals[animal] ?? ''),
  )
}
