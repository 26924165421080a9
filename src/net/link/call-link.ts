/** A link as a call sees it, and a call as the links see it. */
import type { Introduction } from './handshake.ts'

/** What a call needs of a link. */
export interface CallLink {
  /** Who the other side has shown to be, once both agreed. */
  readonly introduction: Introduction | null
  /** The browser's own of the connection in use, or null. What is added to it or changed is negotiated. */
  readonly pc: RTCPeerConnection | null
  /** Whether the other side's build and browser can take part in calls, as it has said on the connection in use. */
  readonly calls: boolean
  /** Says something about the call (`#net/call/statement`). */
  sendFrame(frame: { kind: 'call'; text: string }): boolean
  /** Counts a broken rule; a peer that keeps breaking them is refused. */
  offend(reason: string): void
}

/** What the links of a room tell its call. There may be none: then whatever is sent beside the data channels is refused. */
export interface CallListener {
  /** Both sides agreed over another connection than before, or for the first time, and the other side can take part. */
  ready(link: CallLink): void
  closed(link: CallLink): void
  /** The other side says something about the call. */
  said(link: CallLink, text: string): void
  /** The other side begins to send something. False: it is answered that nothing is taken. */
  admits(link: CallLink, transceiver: RTCRtpTransceiver): boolean
  /** The room is left. */
  left(): void
}

/** Where the links of a room find its call. */
export interface CallPlace {
  listener: CallListener | null
}
