/** A link as those see it whom it serves, and they as it sees them. */
import type { Counts } from '../diagnostics/counters.ts'
import type { Frame } from './frames.ts'
import type { Introduction, Refusal } from './handshake.ts'
import type { Timing } from './timing.ts'

/** What the mesh needs of a link to another peer. */
export interface MeshLink {
  /** Bytes that wait to be sent. */
  readonly queued: number
  /** The large transfer under way to us, or null. */
  readonly receiving: { received: number; total: number } | null
  /** False when the frame was dropped, because the peer takes too little. */
  sendFrame(frame: Frame): boolean
  /** Counts a broken rule; a peer that keeps breaking them is refused. */
  offend(reason: string): void
  /** Ends the link and ignores its peer for a while. */
  refuse(refusal: Refusal): void
  /** Ends the link because both ends have others enough. */
  part(): void
}

/** Why a link carries nothing any more: it has fallen silent, its peer has said goodbye, or both stay in the room without it. */
export type Loss = 'silent' | 'left' | 'parted'

/** Whom the links of one document serve, and what they need to know of it. */
export interface LinkHost {
  readonly timing: Timing
  readonly counts: Counts
  /** This side's Yjs client, and the newest document schema that it can edit. */
  readonly client: number
  readonly schemaVersion: number
  /** Links that come later must not begin. */
  readonly closed: boolean
  /** Notes that the status of a link may have changed. */
  changed(): void
  /** Whether another tab of this browser is that client. */
  isTab(client: number): boolean
  /** A link carries frames, for the first time or again after an interruption. */
  opened(link: MeshLink, introduction: Introduction): void
  lost(link: MeshLink, loss: Loss): void
  /** Takes a frame of an open link. */
  received(link: MeshLink, frame: Frame): void
}
