/** A voice for a microphone that is none: a browser's own beeps are too short to be speech. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../../.cache', import.meta.url))

/** Hz. */
const RATE = 48_000

/** In seconds: what is said goes on so long, and a syllable of it, and the pause after each. */
const [LENGTH, SYLLABLE, PAUSE] = [6, 0.35, 0.1]

/** Syllables of changing pitch, each with overtones as a voice has them, −1 to 1. */
function sample(time: number): number {
  const since = time % (SYLLABLE + PAUSE)
  if (since > SYLLABLE) return 0
  const pitch = 120 + 20 * (Math.floor(time / (SYLLABLE + PAUSE)) % 5)
  const overtones = [1, 2, 3, 4, 5].map((nth) => Math.sin(2 * Math.PI * pitch * nth * since) / nth)
  return 0.3 * Math.sin((Math.PI * since) / SYLLABLE) * overtones.reduce((sum, tone) => sum + tone, 0)
}

/** Writes a WAV file (RIFF, 16 bits, mono), and says where it is: for `--use-file-for-fake-audio-capture`. */
export function writeVoice(): string {
  const count = LENGTH * RATE
  const wav = Buffer.alloc(44 + 2 * count)
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(36 + 2 * count, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(RATE, 24)
  wav.writeUInt32LE(2 * RATE, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(2 * count, 40)
  for (let index = 0; index < count; index++) {
    wav.writeInt16LE(Math.round(32_767 * Math.max(-1, Math.min(1, sample(index / RATE)))), 44 + 2 * index)
  }
  const path = `${FOLDER}/voice.wav`
  mkdirSync(FOLDER, { recursive: true })
  // Whole at once: a browser of another worker may be reading it.
  writeFileSync(`${path}.${process.pid}`, wav)
  renameSync(`${path}.${process.pid}`, path)
  return path
}
