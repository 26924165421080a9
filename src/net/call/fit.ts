/**
 * How good a picture each receiver gets: by how many there are and how large they show it. What the line takes is for the
 * browser to find out; it is told what to give up first. Pure.
 */
import type { Picture } from './statement.ts'

/** How a picture is to be sent. */
export interface Quality {
  /** Pixels from top to bottom, at most. */
  height: number
  /** A second. */
  frames: number
  /** Bits a second. */
  bitrate: number
}

/** Of a face: from the best on. Each takes about half of the one before. */
const CAMERA: readonly Quality[] = [
  { height: 720, frames: 30, bitrate: 1_500_000 },
  { height: 480, frames: 24, bitrate: 700_000 },
  { height: 360, frames: 20, bitrate: 400_000 },
  { height: 240, frames: 15, bitrate: 200_000 },
  { height: 120, frames: 10, bitrate: 80_000 },
]

/** Of a screen: letters are to be read, so the frames go first. */
const SCREEN: readonly Quality[] = [
  { height: 1440, frames: 15, bitrate: 2_500_000 },
  { height: 1080, frames: 10, bitrate: 1_500_000 },
  { height: 1080, frames: 5, bitrate: 800_000 },
]

/** The best quality of `CAMERA` and `SCREEN` that is sent to so many. */
const BEST_TO: readonly { receivers: number; camera: number; screen: number }[] = [
  { receivers: 1, camera: 0, screen: 0 },
  { receivers: 2, camera: 1, screen: 0 },
  { receivers: 4, camera: 2, screen: 1 },
  { receivers: Infinity, camera: 3, screen: 2 },
]

/** Bits a second of a voice (RFC 7587, section 3.1.1: 28 to 40 for full-band speech). */
export const VOICE_BITRATE = 40_000

/** What to send to somebody who shows it `wanted` pixels tall, while `receivers` get it in all; null: nothing. */
export function qualityOf(picture: Picture, wanted: number, receivers: number): Quality | null {
  if (wanted === 0) return null
  const best = BEST_TO.find((one) => receivers <= one.receivers)?.[picture] ?? 0
  if (picture === 'screen') return SCREEN[best] ?? null
  const worthy = CAMERA.slice(best)
  return worthy.findLast(({ height }) => height >= wanted) ?? worthy[0] ?? null
}
