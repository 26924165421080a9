/** What `/ice` answers, as JSON: the servers by which two browsers find a path to each other. */

/** One server, as `RTCPeerConnection` takes it. TURN servers have credentials, STUN servers have not. */
export interface IceServer {
  urls: string[]
  username?: string
  credential?: string
}

export interface IceAnswer {
  iceServers: IceServer[]
  /** For how many milliseconds from now the credentials are good; null when they do not expire. */
  lifetime: number | null
  /** False: who runs the relay wants nobody to talk in documents. */
  huddles?: false
}

const ICE_URL = /^(stun|turn)s?:(?:[\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?(\?transport=(?:udp|tcp))?$/u

/** Whose address it is: a STUN (RFC 7064) or a TURN server's (RFC 7065). Null for anything else. */
export function iceUrlKind(url: unknown): 'stun' | 'turn' | null {
  const [, kind, port, transport] = (typeof url === 'string' && ICE_URL.exec(url)) || []
  if (Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return null
  if (kind === 'stun') return transport === undefined ? kind : null
  return kind === 'turn' ? kind : null
}

/** What a JSON value from `/ice` says; null when it is no such answer. `RTCPeerConnection` throws at none it lets through. */
export function parseIceAnswer(value: unknown): IceAnswer | null {
  const { iceServers, lifetime, huddles } = recordOf(value)
  if (!Array.isArray(iceServers) || !iceServers.every(isIceServer)) return null
  if (lifetime !== null && !(typeof lifetime === 'number' && lifetime > 0)) return null
  return { iceServers, lifetime, ...(huddles === false && { huddles }) }
}

function isIceServer(value: unknown): value is IceServer {
  const { urls, username, credential } = recordOf(value)
  if (!Array.isArray(urls) || urls.length === 0) return false
  const credentials = typeof username === 'string' && typeof credential === 'string'
  return urls.every((url) => {
    const kind = iceUrlKind(url)
    return kind === 'stun' || (kind === 'turn' && credentials)
  })
}

const recordOf = (value: unknown): Partial<Record<string, unknown>> => Object(value) as Partial<Record<string, unknown>>
