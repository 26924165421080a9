/** What stands for a name where there is little room. */
import { graphemesOf } from '#doc/graphemes'

/** Up to two letters that stand for a name in a small circle; one for scripts that write syllables. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/u).filter((word) => word !== '')
  const first = firstLetter(words[0] ?? '?')
  const last = words.length > 1 ? firstLetter(words.at(-1) ?? '') : ''
  const latin = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u.test(first)
  return (latin ? first + last : first).toUpperCase()
}

const firstLetter = (word: string): string => graphemesOf(word)[0] ?? ''
