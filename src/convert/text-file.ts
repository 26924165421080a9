/** A file of text: which characters its bytes are, and what kind of text it is. */
import { readBytes } from './encoding.ts'
import { formOf } from './plain-text.ts'

/** How a file's text may be taken. */
export type TextReading = { form: 'markdown' | 'lines' } | { form: 'code'; language: string | null }

/** What somebody asked for instead of what would be done; null: nothing. */
export interface Asked {
  /** As the Encoding Standard names it. */
  encoding: string | null
  reading: TextReading | null
}

/** How a text was taken, and how else it might be. */
export interface Taken {
  reading: TextReading
  /** What it was taken for although it might be something else. */
  doubt: 'markdown' | 'lines' | null
  encoding: string
  /** The second likeliest encoding, where one cannot be sure; else null. */
  otherEncoding: string | null
}

/** What the end of a file's name says of its text; where it says nothing, the text does. */
const MARKDOWN = /\.(?:md|markdown|mdown|mkd|mdx)$/iu
const LINES = /\.(?:csv|tsv|log|srt|vtt|ics|vcf|eml)$/iu
const CODE =
  /\.(bash|bat|c|cc|conf|cpp|cs|css|dart|diff|go|gradle|h|hpp|htm|html|ini|java|js|json|jsx|kt|less|lua|mjs|patch|php|pl|ps1|py|r|rb|rs|scala|scss|sh|sql|svelte|swift|tex|toml|ts|tsx|vue|xml|ya?ml|zsh)$/iu

/** Whether a file among others, in a folder or an archive, is one to read. Hidden ones are not. */
export const isNote = (path: string): boolean =>
  !/(?:^|\/)(?:\.|__MACOSX\/)/u.test(path) && (MARKDOWN.test(path) || /\.(?:txt|text|csv|tsv)$/iu.test(path))

/** A file's name without folders, and without what says of which kind it is. */
export const titleOfFile = (path: string): string => path.replace(/^.*\//u, '').replace(/(?<=.)\.[^.]*$/u, '')

/** The text of a file of this name. Null when it is none. Total on any bytes. */
export function takeText(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  asked: Asked = { encoding: null, reading: null },
): { text: string; taken: Taken } | null {
  const { readings, isSure } = readBytes(bytes)
  const wanted = readings.find(({ encoding }) => encoding === asked.encoding)
  const chosen = wanted ?? readings[0]
  if (chosen === undefined) return null
  const { text, encoding } = chosen
  const isDoubtful = !isSure && wanted === undefined
  const { reading, doubt } = asked.reading === null ? readingOf(name, text) : { reading: asked.reading, doubt: null }
  const other = readings.find((one) => one !== chosen)
  return { text, taken: { reading, doubt, encoding, otherEncoding: isDoubtful ? (other?.encoding ?? null) : null } }
}

/** How a text is taken, and as what in spite of a doubt. */
function readingOf(name: string, text: string): Pick<Taken, 'reading' | 'doubt'> {
  if (MARKDOWN.test(name)) return { reading: { form: 'markdown' }, doubt: null }
  if (LINES.test(name)) return { reading: { form: 'lines' }, doubt: null }
  const language = CODE.exec(name)?.[1]?.toLowerCase()
  if (language !== undefined) return { reading: { form: 'code', language }, doubt: null }
  const { form, hasSigns } = formOf(text)
  if (form === 'code') return { reading: { form, language: null }, doubt: null }
  return { reading: { form }, doubt: hasSigns ? form : null }
}
