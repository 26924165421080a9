/** Who is here, as told by awareness. Everything in it comes from peers and is untrusted. */
import { isRecord } from './untrusted.ts'
import { graphemesOf, isPlain } from './graphemes.ts'

/** How many colours the style sheets have for people (`--person-0` …). */
export const PERSON_COLORS = 10

/** Longest name shown, in characters as people count them (graphemes). */
export const MAX_NAME = 40

/** The `user` field of an awareness state. */
export interface Person {
  /** Shown as text only. 1 to MAX_NAME characters, no control or direction-changing characters. */
  name: string
  /** Index into the people colours, 0 … PERSON_COLORS − 1. Colours themselves never come from a peer. */
  color: number
}

/** A name made fit to show: one line, nothing that turns the text around or hides; '' when nothing visible remains. */
export function cleanName(value: unknown): string {
  if (typeof value !== 'string') return ''
  const line = seen(value.slice(0, 8 * MAX_NAME))
    .replace(/\s+/gu, ' ')
    .trim()
  return graphemesOf(line).slice(0, MAX_NAME).join('')
}

/** Without what cannot be seen; joiners, which emoji and scripts such as Persian need, stay beside what can. */
function seen(text: string): string {
  if (isPlain(text)) return text
  const signs = text.replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu, '')
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(signs) ? signs : ''
}

/** Parses one awareness state. Null when it names nobody. Total on any value. */
export function parsePerson(state: unknown): Person | null {
  if (!isRecord(state) || !isRecord(state.user)) return null
  const { user } = state
  const name = cleanName(user.name)
  if (name === '') return null
  const color = typeof user.color === 'number' && Number.isInteger(user.color) ? user.color : 0
  return { name, color: ((color % PERSON_COLORS) + PERSON_COLORS) % PERSON_COLORS }
}
