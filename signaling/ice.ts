import { createHmac, randomBytes } from 'node:crypto'
import { iceUrlKind, type IceAnswer, type IceServer } from './ice-answer.ts'

/** What a relay knows of STUN and TURN servers besides its own. */
export interface IceSettings {
  /** Addresses of STUN servers. */
  stun: readonly string[]
  /** TURN servers, and how to be let in. */
  turn: TurnSettings | null
  /** Name or address of this machine for browsers; null: the one they ask for the page. */
  publicHost: string | null
}

export interface TurnSettings {
  urls: readonly string[]
  credentials: SharedSecret | FixedCredentials
}

/** coturn's `use-auth-secret`: credentials are made from a secret it shares with us, and expire. */
interface SharedSecret {
  secret: string
  /** Seconds. */
  ttl: number
}

interface FixedCredentials {
  username: string
  credential: string
}

/** Variables of the environment. */
type Environment = Readonly<Record<string, string | undefined>>

/** Renewed long before, and of little use to whoever carries them off. What was relayed before they expire goes on. */
const DEFAULT_TTL = 60 * 60
const LEAST_TTL = 60
/** Ten years; more is a slip of the pen. */
const MOST_TTL = 10 * 365 * 24 * 60 * 60

/** No server but our own. */
export const noIceServers: IceSettings = { stun: [], turn: null, publicHost: null }

/**
 * Reads `STUN_URLS`, `TURN_URLS`, `TURN_SECRET`, `TURN_TTL`, `TURN_USERNAME`, `TURN_PASSWORD` and `PUBLIC_HOST`. Throws
 * naming the variable that makes no sense.
 */
export function readIceSettings(env: Environment): IceSettings {
  const urls = urlsOf(env, 'TURN_URLS', 'turn')
  const credentials = readCredentials(env)
  if (urls.length === 0 && credentials !== null) throw new Error('TURN_URLS is missing: whose credentials are these?')
  if (urls.length > 0 && credentials === null)
    throw new Error('TURN_URLS needs TURN_SECRET, or TURN_USERNAME and TURN_PASSWORD')
  const publicHost = env.PUBLIC_HOST || null
  if (publicHost !== null && iceUrlKind(`stun:${publicHost}:1`) === null)
    throw new Error(`PUBLIC_HOST must be a name or an address, an IPv6 address in brackets, not ${publicHost}`)
  return { stun: urlsOf(env, 'STUN_URLS', 'stun'), turn: credentials && { urls, credentials }, publicHost }
}

/** The STUN servers to tell everybody of. `ownStun` is the host and port of our own, null when there is none. */
export function stunAnswer(settings: IceSettings, ownStun: string | null): IceAnswer {
  const urls = [...(ownStun === null ? [] : [`stun:${ownStun}`]), ...settings.stun]
  return { iceServers: urls.length > 0 ? [{ urls }] : [], lifetime: null }
}

/** The TURN servers to tell one browser of, with credentials of its own if they are made here. `now` in ms. */
export function turnAnswer({ urls, credentials }: TurnSettings, now = Date.now()): IceAnswer {
  const fixed = 'username' in credentials
  const server: IceServer = { urls: [...urls], ...(fixed ? credentials : mint(credentials, now)) }
  return { iceServers: [server], lifetime: fixed ? null : credentials.ttl * 1000 }
}

/**
 * coturn's 'TURN REST API' scheme. Each user is a different one, so that coturn's quota for a user is one for a browser.
 */
function mint({ secret, ttl }: SharedSecret, now: number): FixedCredentials {
  const username = `${Math.floor(now / 1000) + ttl}:${randomBytes(6).toString('base64url')}`
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') }
}

function readCredentials(env: Environment): SharedSecret | FixedCredentials | null {
  const { TURN_SECRET: secret, TURN_USERNAME: username, TURN_PASSWORD: credential, TURN_TTL: ttl } = env
  if (!username !== !credential) throw new Error('TURN_USERNAME and TURN_PASSWORD go together')
  if (username && credential) {
    if (secret) throw new Error('TURN_SECRET and TURN_USERNAME exclude each other')
    return { username, credential }
  }
  if (!secret) return null
  const seconds = ttl ? Number(ttl) : DEFAULT_TTL
  if (!Number.isInteger(seconds) || seconds < LEAST_TTL || seconds > MOST_TTL)
    throw new Error(`TURN_TTL must be a whole number of seconds, ${LEAST_TTL} at least, not ${String(ttl)}`)
  return { secret, ttl: seconds }
}

function urlsOf(env: Environment, variable: string, kind: 'stun' | 'turn'): string[] {
  const urls = (env[variable] ?? '')
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '')
  const wrong = urls.find((url) => iceUrlKind(url) !== kind)
  if (wrong === undefined) return urls
  throw new Error(`${variable} must be addresses such as ${kind}:${kind}.example.org:3478, not ${wrong}`)
}
