/** The STUN and TURN servers that the relay tells of at `/ice`, kept up to date: TURN credentials expire. */
import { parseIceAnswer, type IceAnswer } from '#signaling/ice-answer'

export interface Ice {
  /** The latest that are known. */
  servers(): RTCIceServer[]
  /** Whether people may talk in documents, as far as is known. */
  huddles(): boolean
  /** Resolves when the relay has answered, or has taken so long that one does better without. */
  readonly ready: Promise<void>
  stop(): void
}

/** Milliseconds that joining waits for the first answer, and an answer may take. */
const PATIENCE = 1_500
const DEADLINE = 10_000

/** Credentials are renewed when this part of their life is over. */
const RENEWAL = 0.7

/** An answer that did not come is asked for again after `first` ms, doubled each time. */
const AGAIN = { first: 10_000, longest: 600_000 }

/** Longest that a timer can wait, ms. */
const MOST = 2 ** 31 - 1

/** Asks `url` now and whenever there may be something newer. A relay that knows of no servers, or has no such page, is no failure. */
export function followIce(url: string): Ice {
  let servers: RTCIceServer[] = []
  let huddles = true
  let timer: ReturnType<typeof setTimeout> | undefined
  /** When to ask next, ms since the epoch: timers sleep when the machine does. */
  let due = 0
  let failures = 0
  let isStopped = false

  const ask = async (): Promise<void> => {
    due = Infinity
    const wait = await fetchServers(url).then(
      (answer) => {
        servers = answer.iceServers
        huddles = answer.huddles !== false
        failures = 0
        return answer.lifetime === null ? Infinity : answer.lifetime * RENEWAL
      },
      (error: unknown) => {
        console.info('No news of STUN and TURN servers:', error)
        return Math.min(AGAIN.longest, AGAIN.first * 2 ** failures++)
      },
    )
    if (isStopped) return
    due = Date.now() + wait
    clearTimeout(timer)
    if (wait < MOST) timer = setTimeout(() => void ask(), wait)
  }
  const look = (): void => {
    if (Date.now() >= due) void ask()
  }
  const onOnline = (): void => void ask()
  addEventListener('online', onOnline)
  return {
    servers: () => {
      look()
      return servers
    },
    huddles: () => huddles,
    ready: Promise.race([ask(), new Promise<void>((resolve) => setTimeout(resolve, PATIENCE))]),
    stop: () => {
      isStopped = true
      clearTimeout(timer)
      removeEventListener('online', onOnline)
    },
  }
}

async function fetchServers(url: string): Promise<IceAnswer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE) })
  if (response.status === 404) return { iceServers: [], lifetime: null }
  const answer = response.ok ? parseIceAnswer(await response.json()) : null
  if (answer === null) throw new Error(`${url} answered ${response.status}, and not with servers`)
  return answer
}
