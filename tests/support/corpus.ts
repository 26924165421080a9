/** Big documents, the same every time. */

const WORDS =
  'ink mesh paper river stone window letter garden morning copper lantern harbour willow thread quiet orbit meadow signal drift anchor'.split(
    ' ',
  )

/** Pseudo-random numbers 0 … 1 from a seed (mulberry32, Tommy Ettinger, public domain). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** So many lines of plain words, each exactly so long, each unlike the others. */
export function proseLines(count: number, length: number, seed = 1): string[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, (_, index) => {
    let line = `Line ${index}`
    while (line.length < length) line += ` ${WORDS[Math.floor(random() * WORDS.length)] ?? ''}`
    // A space at the end would not survive Markdown.
    return line.slice(0, length).replace(/ $/u, '.')
  })
}

/** Lines as Markdown paragraphs. */
export const asMarkdown = (lines: string[]): string => `${lines.join('\n\n')}\n`
