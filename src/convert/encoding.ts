/**
 * Text from bytes whose encoding nobody named. UTF-8 and UTF-16 are told from all others; of the older ones (Encoding Standard,
 * section 4.2) each is tried, and what comes out is compared with what its language is mostly made of.
 */

/** What bytes may say, the likeliest first. */
interface Reading {
  text: string
  /** The name of the encoding, as the standard has it. */
  encoding: string
}

/** `isSure`: no other reading makes sense. */
interface Readings {
  readings: readonly Reading[]
  isSure: boolean
}

/** How much of a text is looked at to find its encoding, in bytes. */
const SAMPLE = 64 * 1024

/** The first reading is taken when it is so much better than the second, and so much of it is common. */
const CLEARLY = { better: 1.5, common: 0.12 }

/** The commonest characters of texts in each of the older encodings, but for ASCII. Of two that say as little the first counts. */
const COMMON: Readonly<Record<string, RegExp>> = {
  'windows-1252':
    /(?<=[A-Za-z])[äöüßéèêëàâçñáíóúîïôûœæøåãõ](?=[\sA-Za-z.,;:!?)-])|(?<=^|[\s(])[ÄÖÜÉÀÇÅØ](?=[A-Za-z])|[–—“”‘’…€°§·•«»£©®™½²³µ]/gu,
  'euc-kr':
    /[이다는의에을가를은고하지로도한서기사자나어리시라아그해인정일들대있수보전부게스원장제주과와것상성등안녕요습니까면서여러우조화]/gu,
  shift_jis: /[\u3041-\u3096\u30a1-\u30fc、。日一国人年大十二本中長出三時行見月分]/gu,
  'euc-jp': /[\u3041-\u3096\u30a1-\u30fc、。日一国人年大十二本中長出三時行見月分]/gu,
  gb18030:
    /[的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长，。、：；！？“”]/gu,
  big5: /[的一是不了人我在有他這中大來上個國到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她裡後小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長，。、：；！？「」]/gu,
  'windows-1251': /(?<=^|[\sА-Яа-яЁё(«"-])[а-яё](?=[\sа-яё.,;:!?)»"-]|$)/gmu,
}

/**
 * What bytes may say. Empty when they are no text. Total on any bytes: no reading has a character that stands for bytes which
 * could not be read.
 */
export function readBytes(bytes: Uint8Array<ArrayBuffer>): Readings {
  const marked = markOf(bytes)
  if (marked !== null) return only(read(bytes, marked))
  const utf8 = read(bytes, 'utf-8')
  if (utf8 !== null) return isText(utf8.text) ? only(utf8) : only(read(bytes, wideOf(bytes) ?? ''))
  const wide = wideOf(bytes)
  if (wide !== null) return only(read(bytes, wide))
  const sample = bytes.subarray(0, SAMPLE)
  // Even a text with nothing common in it is one: then nobody is sure which.
  const scored = Object.keys(COMMON)
    .map((encoding) => ({ encoding, score: scoreOf(sample, encoding) }))
    .sort((one, other) => other.score - one.score)
  const readings = scored.flatMap(({ encoding }) => read(bytes, encoding) ?? []).filter(({ text }) => isText(text))
  const [first, second] = scored
  const isSure =
    first !== undefined && first.score >= CLEARLY.common && first.score >= CLEARLY.better * (second?.score ?? 0)
  return { readings, isSure: isSure && readings[0]?.encoding === first.encoding }
}

const only = (reading: Reading | null): Readings => {
  const isGood = reading !== null && isText(reading.text)
  return { readings: isGood ? [reading] : [], isSure: isGood }
}

/** The encoding that a byte order mark names. */
function markOf([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : null
}

/** UTF-16 without a mark: of ASCII every other byte is nought. */
function wideOf(bytes: Uint8Array): string | null {
  const sample = bytes.subarray(0, 512)
  const noughts = [0, 1].map((odd) => sample.filter((byte, i) => byte === 0 && i % 2 === odd).length)
  const [even = 0, odd = 0] = noughts
  if (Math.max(even, odd) < sample.length / 8 || Math.max(even, odd) < 4 * Math.min(even, odd)) return null
  return odd > even ? 'utf-16le' : 'utf-16be'
}

/** Null when the bytes are not what the encoding allows. The mark is no part of the text. */
function read(bytes: Uint8Array<ArrayBuffer>, encoding: string): Reading | null {
  try {
    return { encoding, text: new TextDecoder(encoding, { fatal: true }).decode(bytes) }
  } catch (error) {
    // What cannot be read, and an encoding that is none.
    if (error instanceof TypeError || error instanceof RangeError) return null
    throw error
  }
}

/** Most control characters of a text, for each of its characters: a few come in by accident. Logs have colours. */
const MAX_CONTROLS = 0.05

/** Whether characters are those of a text, and not of some other file. */
const isText = (text: string): boolean =>
  (text.replaceAll('\u001b', '').match(/(?!\s)\p{Cc}/gu)?.length ?? 0) <= MAX_CONTROLS * text.length

/** Which part of what is not ASCII is common in the language; 0 when it cannot be read so. */
function scoreOf(sample: Uint8Array<ArrayBuffer>, encoding: string): number {
  // The sample may end within a character.
  const [whole] = [0, 1, 2, 3].flatMap((cut) => read(sample.subarray(0, sample.length - cut), encoding) ?? [])
  if (whole === undefined) return 0
  const foreign = whole.text.match(/[^\0-\x7f]/gu)?.length ?? 0
  const rare = whole.text.match(/[\ue000-\uf8ff\uff61-\uff9f\x80-\x9f]/gu)?.length ?? 0
  const common = whole.text.match(COMMON[encoding] ?? /$^/u)?.length ?? 0
  return foreign === 0 ? 0 : Math.max(0, common - 2 * rare) / foreign
}
