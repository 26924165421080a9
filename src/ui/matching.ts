/** Matching what is being typed against names in a menu. Pure. */

/** Finals of Hangul syllables as the initials that they become when the next vowel is typed. From U+11A8 on. */
const FINALS = 'ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ'
  .split(' ')
  .map((letters) => letters.normalize('NFKC'))

/** A text letter by letter, as it is typed: Hangul by its letters, so that '젬' begins '제목' while it is composed. */
function lettersOf(text: string): string {
  return text
    .toLocaleLowerCase()
    .normalize('NFKD')
    .replace(/[\u11a8-\u11c2]/gu, (final) => FINALS[final.charCodeAt(0) - 0x11a8] ?? final)
    .replace(/\s+/gu, '')
}

/** Those of the items whose names have the query in them; those whose name begins with it first. */
export function matching<T>(items: readonly T[], query: string, namesOf: (item: T) => readonly string[]): T[] {
  const letters = lettersOf(query)
  const rank = (item: T): number => {
    const places = namesOf(item).map((name) => lettersOf(name).indexOf(letters))
    return places.includes(0) ? 0 : places.some((place) => place > 0) ? 1 : 2
  }
  const ranked = items.map((item) => [item, rank(item)] as const).filter(([, each]) => each < 2)
  return ranked.sort((a, b) => a[1] - b[1]).map(([item]) => item)
}
