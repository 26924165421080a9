/** Text in characters as people count them: graphemes (Unicode Standard Annex #29). */

/** Made when it is needed: the first time that takes a browser up to 0.1 s. */
let segmenter: Intl.Segmenter | undefined

/** Whether each sign of a text is a character of its own that can be seen, or a space: Latin and Korean text mostly. */
export const isPlain = (text: string): boolean => /^[ -~\xa1-\xac\xae-\u02ff가-힣]*$/u.test(text)

export function graphemesOf(text: string): string[] {
  if (isPlain(text)) return text.split('')
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}
