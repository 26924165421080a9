/**
 * Whether the relays can be reached, and that a lost one is looked for again soon. A socket on a network that has gone
 * says nothing for minutes: whoever needs the relay asks it for a sign of life.
 */
import { guard, type SignalingConnection } from './relay-client.ts'

/** How often relays are looked at, in milliseconds. A look that comes far too late means that the machine has slept. */
const LOOK_INTERVAL = 1_000
const SLEPT = 5_000

/** How long a relay may take to answer a ping, and how old a sign of life may be when it is needed; in milliseconds. */
const PATIENCE = 3_000

/** How long a connection to it may take: on a slow network several round trips. */
const CONNECT_PATIENCE = 10_000

export interface RelayEvents {
  connected: () => void
  /** Somebody stopped listening to the topic. */
  left: (topic: string) => void
  /** The status may have changed. */
  changed: () => void
  /** The machine has slept, or the page was frozen. */
  woke: () => void
  /** Whether links wait for what the relay may bring. */
  isNeeded: () => boolean
}

const ignore = (): void => undefined

export class SignalingMonitor {
  readonly #relays: readonly SignalingConnection[]
  readonly #events: RelayEvents
  readonly #timer: ReturnType<typeof setInterval>
  readonly #cleanups: (() => void)[] = []
  /** Since when each relay has owed an answer or a connection; ms since the epoch. */
  readonly #waits = new Map<SignalingConnection, number>()
  #hasConnected = false
  #lastLook = Date.now()
  #lastStatus: ReturnType<SignalingMonitor['status']> = 'connecting'

  constructor(relays: readonly SignalingConnection[], events: RelayEvents) {
    this.#relays = relays
    this.#events = events
    for (const relay of relays) this.#follow(relay)
    this.#timer = setInterval(() => this.#look(), LOOK_INTERVAL)
  }

  status(): 'connecting' | 'connected' | 'lost' {
    if (this.#relays.some(({ connected }) => connected)) return 'connected'
    const hasFailed = this.#relays.every(({ unsuccessfulReconnects }) => unsuccessfulReconnects > 0)
    return this.#hasConnected || hasFailed ? 'lost' : 'connecting'
  }

  /**
   * The network may be another one now: asks every relay for a sign of life, and begins anew where a connection is not made yet.
   * Where it `isAnother`, as the browser says, a connection over the one before is not waited for.
   */
  probe(isAnother: boolean): void {
    for (const relay of this.#relays) {
      if (relay.connected && !isAnother) this.#ask(relay)
      else this.#renew(relay)
    }
  }

  /**
   * No link is heard any more: this side's network may be another one, which a browser does not always tell. Begins anew with
   * each relay that has said nothing of late, either.
   */
  doubt(): void {
    for (const relay of this.#relays) {
      if (relay.connected && Date.now() - relay.lastMessageReceived > PATIENCE) this.#renew(relay)
    }
  }

  close(): void {
    clearInterval(this.#timer)
    for (const cleanup of this.#cleanups) cleanup()
  }

  #follow(relay: SignalingConnection): void {
    guard(relay)
    const { connected, left, changed } = this.#events
    const onConnect = () => {
      this.#hasConnected = true
      this.#waits.delete(relay)
      connected()
      changed()
    }
    relay.on('connect', onConnect)
    relay.on('disconnect', changed)
    relay.on('leave', left)
    this.#cleanups.push(() => {
      relay.off('connect', onConnect)
      relay.off('disconnect', changed)
      relay.off('leave', left)
    })
  }

  #look(): void {
    const now = Date.now()
    const hasSlept = now - this.#lastLook > SLEPT
    this.#lastLook = now
    if (hasSlept) this.#events.woke()
    for (const relay of this.#relays) {
      if (!relay.connected) this.#waits.set(relay, this.#waits.get(relay) ?? now)
      else if (this.#events.isNeeded() && now - relay.lastMessageReceived > PATIENCE) this.#ask(relay)
      const since = this.#waits.get(relay)
      if (since === undefined) continue
      if (relay.connected && relay.lastMessageReceived >= since) this.#waits.delete(relay)
      else if (now - since > (relay.connected ? PATIENCE : CONNECT_PATIENCE)) this.#renew(relay)
    }
    // A relay that cannot be reached at all makes no event.
    if (this.status() !== this.#lastStatus) this.#events.changed()
    this.#lastStatus = this.status()
  }

  #ask(relay: SignalingConnection): void {
    if (!relay.connected || this.#waits.has(relay)) return
    this.#waits.set(relay, Date.now())
    relay.send({ type: 'ping' })
  }

  /** Gives a socket up at once, where closing it would first wait for the other side. lib0 then opens a new one. */
  #renew(relay: SignalingConnection): void {
    this.#waits.delete(relay)
    const socket = relay.ws
    if (socket === null) return
    const { onclose } = socket
    socket.onclose = socket.onmessage = null
    // In Node an error that nobody hears ends the process, and closing a socket that is connecting is one.
    socket.onerror = ignore
    socket.close()
    onclose?.()
  }
}
