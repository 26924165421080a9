/** Made-up people, so that no two in a document are the same animal, or look alike. */
import { PERSON_COLORS, type Person } from '#doc/person'
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
 * Who somebody is to be whose name is made up, and who is the same animal as one of the `others`, in whatever language either
 * speaks: another animal, and a colour that nobody has; null when they may stay as they are. `random` gives numbers in [0, 1).
 */
export async function distinctPerson(
  { name, color }: Person,
  others: readonly Person[],
  words: Phrases,
  random: () => number,
): Promise<Person | null> {
  const languages = await Promise.all([loadPhrases('en'), loadPhrases('ko')])
  const own = animalOf(name, languages)
  const taken = others.map((other) => animalOf(other.name, languages)).filter((animal) => animal !== null)
  const colors = others.map((other) => other.color)
  const isSameAnimal = own !== null && taken.includes(own)
  if (!isSameAnimal && !colors.includes(color)) return null
  const animals = taken.map((animal) => words.names.animals[animal] ?? '')
  const free = Array.from({ length: PERSON_COLORS }, (_, i) => i).filter((each) => !colors.includes(each))
  const other = free[Math.floor(random() * free.length)]
  return {
    name: isSameAnimal ? friendlyName(words, random, animals) : name,
    color: colors.includes(color) && other !== undefined ? other : color,
  }
}
