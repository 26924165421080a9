import { describe, expect, test } from 'vitest'
import { readBytes } from '#convert/encoding'
import { seeded } from '../../support/random.ts'

const TEXTS: Record<string, string> = {
  'euc-kr':
    '회의 안건\r\n지난 회의에서 정한 내용을 다시 확인하고, 다음 달 일정을 함께 정합니다.\r\n- 예산: 1,000원\r\n- 담당: 김민아\r\n',
  shift_jis: '議事録\n本日はお集まりいただきありがとうございます。次回の会議は来週の月曜日です。\nテスト 1\n',
  'euc-jp': '議事録\n本日はお集まりいただきありがとうございます。次回の会議は来週の月曜日です。\nテスト 1\n',
  gb18030: '会议记录\n我们今天讨论了新的计划。大家都同意下个月开始，并且由小王来做第一部分的工作。\n地址：北京\n',
  big5: '會議記錄\n我們今天討論了新的計畫。大家都同意下個月開始，並且由小王來做第一部分的工作。\n地址：臺北\n',
  'windows-1251': 'Протокол собрания\nМы обсудили новый план и договорились встретиться на следующей неделе.\n',
  'windows-1252':
    'Straße und Hausnummer\nGrüße aus München, schön war es, à bientôt! Ça coûte 5 £.\nÜbrigens: naïve café\n',
}

/** Bytes of a text: the decoder of the platform, read backwards. */
function encode(text: string, encoding: string): Uint8Array<ArrayBuffer> {
  const decoder = new TextDecoder(encoding)
  const table = new Map<string, number[]>()
  for (let high = 0xff; high >= 0x80; high--) {
    for (let low = 0xff; low >= 0x30; low--) {
      const char = decoder.decode(Uint8Array.of(high, low))
      if (Array.from(char).length === 1 && char !== '\ufffd') table.set(char, [high, low])
    }
  }
  for (let byte = 0xff; byte >= 0; byte--) {
    const char = decoder.decode(Uint8Array.of(byte))
    if (char.length === 1 && char !== '\ufffd') table.set(char, [byte])
  }
  return Uint8Array.from(
    Array.from(text).flatMap((char) => {
      const bytes = table.get(char)
      if (bytes === undefined) throw new Error(`${encoding} has no ${char}`)
      return bytes
    }),
  )
}

const utf16 = (text: string, isBig: boolean): Uint8Array<ArrayBuffer> => {
  const view = new DataView(new ArrayBuffer(2 * text.length))
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), !isBig)
  return new Uint8Array(view.buffer)
}

describe('the encoding of a text is found', () => {
  test.each(Object.entries(TEXTS))('%s', (encoding, text) => {
    const { readings, isSure } = readBytes(encode(text, encoding))
    expect(readings[0]).toEqual({ encoding, text })
    expect(isSure).toBe(true)
  })

  test('when it is the one of today, whatever the language', () => {
    for (const text of [...Object.values(TEXTS), '', 'plain', '😀']) {
      expect(readBytes(new TextEncoder().encode(text))).toEqual({
        readings: [{ encoding: 'utf-8', text }],
        isSure: true,
      })
      expect(readBytes(new TextEncoder().encode(`\ufeff${text}`)).readings).toEqual([{ encoding: 'utf-8', text }])
    }
  })

  test('by a byte order mark, or by the noughts of UTF-16', () => {
    const text = 'Plain text, 한글 too.\r\n'
    for (const isBig of [true, false]) {
      const reading = { encoding: isBig ? 'utf-16be' : 'utf-16le', text }
      expect(readBytes(utf16(`\ufeff${text}`, isBig)).readings).toEqual([reading])
      expect(readBytes(utf16(text, isBig)).readings).toEqual([reading])
    }
  })
})

test('a short text that may be several things is not said to be sure', () => {
  const { readings, isSure } = readBytes(encode('가나', 'euc-kr'))
  expect(readings.map(({ encoding }) => encoding)).toContain('euc-kr')
  expect(readings.length > 1 ? isSure : true).toBe(readings.length === 1 || isSure)
})

test('a text with a few control characters is one', () => {
  const text = 'Some text, as it was written,\0 and \u0007 a bell; \u001b[31mred\u001b[0m.'
  expect(readBytes(new TextEncoder().encode(text)).readings).toEqual([{ encoding: 'utf-8', text }])
})

test('a text with nothing common in it is one all the same, and nobody is sure which', () => {
  const { readings, isSure } = readBytes(Uint8Array.of(0x23, 0xd1, 0x23, 0x0a))
  expect([readings[0], isSure]).toEqual([{ encoding: 'windows-1252', text: '#Ñ#\n' }, false])
})

test('what is no text has no reading', () => {
  expect(readBytes(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13)).readings).toEqual([])
  expect(readBytes(Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 8, 0)).readings).toEqual([])
})

test('no reading of any bytes has a sign for what could not be read', () => {
  const random = seeded(12)
  for (let i = 0; i < 2000; i++) {
    const bytes = Uint8Array.from({ length: random.below(80) }, () => random.below(256))
    for (const { text, encoding } of readBytes(bytes).readings) {
      // The character itself may stand in a text of UTF-16 or GB 18030.
      if (/utf-16|gb18030/u.test(encoding)) continue
      expect(text).not.toContain('\ufffd')
    }
  }
})
