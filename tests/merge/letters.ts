/** Letters of which each is written once in a run, so that a result can be judged by where each of them came from. */

export interface Letters {
  /** The next letters, none of which was drawn before. */
  draw(count: number): string
}

/** All letters and signs from a code point on. */
export function lettersFrom(codePoint: number): Letters {
  let next = codePoint
  return {
    draw(count) {
      next += count
      return String.fromCodePoint(...Array.from({ length: count }, (_, i) => next - count + i))
    },
  }
}

/** Where the letters of each person begin: Greek, Cyrillic, Armenian. Base documents are in Latin. */
export const ALPHABETS = [0x3b1, 0x430, 0x561] as const
