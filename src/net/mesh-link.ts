/** A link as the mesh and its parts see it. */
import type { Frame } from './frames.ts'
import type { Refusal } from './handshake.ts'

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
