/**
 * What is said of a call: by each to each, over their link, and by everyone to the room, in their presence. All of it comes from
 * peers and is untrusted.
 */

/** What a track of a call carries; 'sound' is that of a screen. */
export type Source = 'voice' | 'camera' | 'screen' | 'sound'

export const SOURCES: readonly Source[] = ['voice', 'camera', 'screen', 'sound']

/** What has a picture. */
export type Picture = Extract<Source, 'camera' | 'screen'>

/** How tall somebody shows each picture, in pixels of their screen; 0: not at all. */
export type Wants = Readonly<Record<Picture, number>>

/** What one side of a link says to the other of itself. Each statement takes the place of the one before. */
export interface Statement {
  /** The sender takes part. */
  isIn: boolean
  /** What it sends over this connection, by `mid` (RFC 9143). */
  tracks: ReadonlyMap<string, Source>
  wants: Wants
  /** Yjs clients whom the sender, who may write, lets speak although they only read. */
  lets: readonly number[]
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
}

/** What one can say without a word. */
export const FACES = ['👍', '👏', '❤️', '😂', '🎉', '🤔'] as const

export type Face = (typeof FACES)[number]

/** Taller than any screen; more mids than anyone sends tracks; longer than any mid of a browser; more than may be let in. */
const MAX_HEIGHT = 8192
const MAX_TRACKS = 16
const MAX_MID = 16
const MAX_LETS = 100

/** What a side says that has nothing to say. */
export const SILENT: Statement = { isIn: false, tracks: new Map(), wants: { camera: 0, screen: 0 }, lets: [] }

export function writeStatement({ isIn, tracks, wants, lets }: Statement): string {
  return JSON.stringify({ in: isIn, tracks: [...tracks], wants, lets })
}

/** Null when it is none. Total on any text. */
export function parseStatement(text: string): Statement | null {
  const value = readJson(text)
  if (!isRecord(value) || typeof value.in !== 'boolean') return null
  const { tracks, wants, lets } = value
  if (!Array.isArray(tracks) || tracks.length > MAX_TRACKS || !tracks.every(isTrack)) return null
  if (!isRecord(wants) || !isHeight(wants.camera) || !isHeight(wants.screen)) return null
  if (!Array.isArray(lets) || lets.length > MAX_LETS || !lets.every(isCount)) return null
  return { isIn: value.in, tracks: new Map(tracks), wants: { camera: wants.camera, screen: wants.screen }, lets }
}

/** What an awareness state says of a call; null when it says nothing. Total on any value. */
export function parsePresence(state: unknown): CallPresence | null {
  if (!isRecord(state) || !isRecord(state.call)) return null
  const { since, isMuted, hasCamera, hasScreen, hasHand, reaction } = state.call
  if (!isCount(since)) return null
  return {
    since,
    isMuted: isMuted === true,
    hasCamera: hasCamera === true,
    hasScreen: hasScreen === true,
    hasHand: hasHand === true,
    reaction: parseReaction(reaction),
  }
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

const isTrack = (value: unknown): value is [string, Source] => {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [mid, source] = value as unknown[]
  return typeof mid === 'string' && mid.length <= MAX_MID && SOURCES.some((one) => one === source)
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

const isHeight = (value: unknown): value is number => isCount(value) && value <= MAX_HEIGHT

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
