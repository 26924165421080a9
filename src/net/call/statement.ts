/**
 * What is said of a call: by each to each, over their link, and by everyone to the room, in their presence. All of it comes from
 * peers and is untrusted.
 */
import { isRecord } from '#doc/untrusted'
import { parsePlace, type Place } from '#doc/flow/places'
import type { Standing } from './tree.ts'
import { isKey, parseClaim, type Claim } from './voice-key.ts'

/** What a track of a call carries; 'sound' is that of a screen. */
export type Source = 'voice' | 'camera' | 'screen' | 'sound'

const SOURCES: readonly Source[] = ['voice', 'camera', 'screen', 'sound']

/** A track by what it carries, and whose that is: the sender's own (null), or of somebody whose it passes on. */
export interface Piece {
  source: Source
  of: number | null
}

/** The same for the same piece of one sender. */
export const nameOf = ({ source, of }: Piece): string => (of === null ? source : `${source} of ${of}`)

/** What has a picture. */
export type Picture = Extract<Source, 'camera' | 'screen'>

/** How tall somebody shows each picture, in pixels of their screen; 0: not at all. */
export type Wants = Readonly<Record<Picture, number>>

/** What one side of a link says to the other of itself. Each statement takes the place of the one before. */
export interface Statement {
  /** The sender takes part. */
  isIn: boolean
  /** What it sends over this connection, by `mid` (RFC 9143). */
  tracks: ReadonlyMap<string, Piece>
  wants: Wants
  /** Keys of those whom the sender, who may write, lets speak although they only read. */
  lets: readonly string[]
  /** Whose key the sender holds, who only reads. */
  claim: Claim | null
  /** The sender wants to have the presenter's from the other side. */
  asks: boolean
  /** The sender cannot give what the other side asks for, or not much longer; these may. */
  refuses: readonly number[] | null
}

/** The `call` field of an awareness state: somebody takes part. */
export interface CallPresence {
  /** When they came, ms since the epoch, by their clock. */
  since: number
  isMuted: boolean
  hasCamera: boolean
  hasScreen: boolean
  hasHand: boolean
  /** Of many reactions the last, and how many there were. */
  reaction: { count: number; face: Face } | null
  /** They present to everyone. */
  presents: boolean
  /** They keep what they hear and see. */
  records: boolean
  /** The block that they want everyone to look at. */
  spotlight: Place | null
  /** Where they stand in the tree of whoever presents. */
  standing: Standing | null
}

/** What one can say without a word. */
export const FACES = ['👍', '👏', '❤️', '😂', '🎉', '🤔'] as const

export type Face = (typeof FACES)[number]

/** Taller than any screen; more mids than anyone sends tracks; longer than any mid of a browser; more than may be let in. */
const MAX_HEIGHT = 8192
const MAX_TRACKS = 16
const MAX_MID = 16
const MAX_CLIENTS = 100

/** What a side says that has nothing to say. */
export const SILENT: Statement = {
  isIn: false,
  tracks: new Map(),
  wants: { camera: 0, screen: 0 },
  lets: [],
  claim: null,
  asks: false,
  refuses: null,
}

/** What the two ends of a branch of the tree say all the time, instead of a statement: that they are there, and whether they are fed. */
export const BEATS = { fed: '+', starved: '-' } as const

export function writeStatement({ isIn, tracks, wants, lets, claim, asks, refuses }: Statement): string {
  const all = [...tracks].map(([mid, { source, of }]) => (of === null ? [mid, source] : [mid, source, of]))
  const more = { ...(claim && { claim }), ...(asks && { asks }), ...(refuses && { refuses }) }
  return JSON.stringify({ in: isIn, tracks: all, wants, lets, ...more })
}

/** Null when it is none. Total on any text. */
export function parseStatement(text: string): Statement | null {
  const value = readJson(text)
  if (!isRecord(value) || typeof value.in !== 'boolean') return null
  const { tracks, wants, lets, claim, asks, refuses = null } = value
  if (!Array.isArray(tracks) || tracks.length > MAX_TRACKS || !tracks.every(isTrack)) return null
  if (!isRecord(wants) || !isHeight(wants.camera) || !isHeight(wants.screen)) return null
  if (!areKeys(lets) || (refuses !== null && !areClients(refuses))) return null
  return {
    isIn: value.in,
    tracks: new Map(tracks.map(([mid, source, of = null]) => [mid, { source, of }])),
    wants: { camera: wants.camera, screen: wants.screen },
    lets,
    claim: isRecord(claim) ? parseClaim(claim) : null,
    asks: asks === true,
    refuses,
  }
}

/** What an awareness state says of a call; null when it says nothing. Total on any value. */
export function parsePresence(state: unknown): CallPresence | null {
  if (!isRecord(state) || !isRecord(state.call)) return null
  const { since, isMuted, hasCamera, hasScreen, hasHand, reaction, presents, records, spotlight, standing } = state.call
  if (!isCount(since)) return null
  return {
    since,
    isMuted: isMuted === true,
    hasCamera: hasCamera === true,
    hasScreen: hasScreen === true,
    hasHand: hasHand === true,
    reaction: parseReaction(reaction),
    presents: presents === true,
    records: records === true,
    spotlight: parsePlace(spotlight),
    standing: parseStanding(standing),
  }
}

function parseStanding(value: unknown): Standing | null {
  if (!isRecord(value)) return null
  const { parent, depth, children, leaves, isFed, canPass } = value
  if (!(parent === null || isCount(parent)) || !isCount(depth) || !isCount(children) || !isCount(leaves)) return null
  return { parent, depth, children, leaves, isFed: isFed === true, canPass: canPass === true }
}

function parseReaction(value: unknown): CallPresence['reaction'] {
  if (!isRecord(value) || !isCount(value.count)) return null
  const face = FACES.find((one) => one === value.face)
  return face === undefined ? null : { count: value.count, face }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** What somebody points at: a place in the text, and where in the box of its block, 0 to 1 both ways. */
export interface Pointer {
  at: Place
  x: number
  y: number
}

/** What marks it: it is said often, and takes the place of no statement. */
export const POINTER = '*'

/** Null: nothing any more. */
export const writePointer = (pointer: Pointer | null): string => `${POINTER}${JSON.stringify(pointer)}`

/** Null when it is none. Total on any text. */
export function parsePointer(text: string): Pointer | null {
  const value = readJson(text.slice(POINTER.length))
  if (!isRecord(value)) return null
  const { x, y } = value
  const at = parsePlace(value.at)
  return at === null || !isPart(x) || !isPart(y) ? null : { at, x, y }
}

const isPart = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1

const isTrack = (value: unknown): value is [string, Source, number?] => {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) return false
  const [mid, source, of = 0] = value as unknown[]
  return typeof mid === 'string' && mid.length <= MAX_MID && SOURCES.some((one) => one === source) && isCount(of)
}

const areClients = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= MAX_CLIENTS && value.every(isCount)

const areKeys = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= MAX_CLIENTS && value.every(isKey)

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

const isHeight = (value: unknown): value is number => isCount(value) && value <= MAX_HEIGHT
