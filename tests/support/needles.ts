/** Looks for a secret in bytes, in every form in which a program is likely to hold it. */

/** What is looked for, by the name to report it under. */
export type Secrets = Readonly<Record<string, string | Uint8Array>>

interface Needle {
  name: string
  bytes: Buffer
}

export class Needles {
  readonly #byStart = new Map<number, Needle[]>()
  /** For each pair of bytes, whether a needle starts with it. */
  readonly #starts = new Uint8Array(0x1_0000)

  constructor(secrets: Secrets) {
    for (const [name, secret] of Object.entries(secrets))
      for (const bytes of typeof secret === 'string' ? formsOfText(secret) : formsOfBytes(Buffer.from(secret)))
        this.#add({ name, bytes })
  }

  /** Names of the secrets that are in there, in alphabetical order. Reads it once, however many there are. */
  foundIn(hay: Buffer): string[] {
    const found = new Set<string>()
    let pair = hay[0] ?? 0
    for (let at = 1; at < hay.length; at++) {
      pair = ((pair << 8) | (hay[at] ?? 0)) & 0xffff
      if (this.#starts[pair] === 0) continue
      for (const { name, bytes } of this.#byStart.get(pair) ?? [])
        if (bytes.equals(hay.subarray(at - 1, at - 1 + bytes.length))) found.add(name)
    }
    return [...found].sort()
  }

  #add(needle: Needle): void {
    if (needle.bytes.length < 6) throw new RangeError(`${needle.name} is too short to be found by chance only`)
    const start = needle.bytes.readUInt16BE(0)
    this.#starts[start] = 1
    this.#byStart.set(start, [...(this.#byStart.get(start) ?? []), needle])
  }
}

/** As UTF-8, as UTF-16 of either byte order, and as base64 of the first. */
const formsOfText = (text: string): Buffer[] => [...wideAndNarrow(text), ...base64Forms(Buffer.from(text))]

/** As they are, as base64 and as hexadecimal digits. */
const formsOfBytes = (bytes: Buffer): Buffer[] => [
  bytes,
  ...base64Forms(bytes),
  ...wideAndNarrow(bytes.toString('hex')),
  ...wideAndNarrow(bytes.toString('hex').toUpperCase()),
]

/** In either alphabet, and wherever in a longer text it stands: base64 takes three bytes at a time. */
function base64Forms(bytes: Buffer): Buffer[] {
  return [0, 1, 2].flatMap((offset) => {
    // The characters that hold bits of neighbours are left out.
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
    const from = Math.ceil((offset * 8) / 6)
    const to = Math.floor((whole.length * 8) / 6)
    return (['base64', 'base64url'] as const).flatMap((alphabet) =>
      wideAndNarrow(whole.toString(alphabet).slice(from, to)),
    )
  })
}

function wideAndNarrow(text: string): Buffer[] {
  const wide = Buffer.from(text, 'utf16le')
  return [Buffer.from(text), wide, Buffer.from(wide).swap16()]
}
