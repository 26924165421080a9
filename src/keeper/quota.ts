/** How much a keeper may hold on its disk: of one document, and of all of them together. */

/** Limits in bytes. */
export interface Limits {
  document: number
  total: number
}

const MEGABYTE = 1024 * 1024

/** What people write takes a thousandth of this; who sends more means harm. */
export const LIMITS: Limits = { document: 256 * MEGABYTE, total: 8192 * MEGABYTE }

/** More than is allowed would be on disk. The code is the system's own for that. */
export class QuotaError extends Error {
  readonly code = 'EDQUOT'
}

/** Counts the files of a keeper. A file that is replaced is on disk twice for a moment; that is not counted. */
export class Quota {
  readonly #limits: Limits
  readonly #lengths = new Map<string, number>()
  #total = 0

  constructor(limits: Limits = LIMITS) {
    this.#limits = limits
  }

  /** Throws a QuotaError when this file must not grow to this length. One may always shrink. */
  admit(path: string, length: number): void {
    const now = this.#lengths.get(path) ?? 0
    if (length <= now) return
    const { document, total } = this.#limits
    if (length > document) throw new QuotaError(`the document would take more than ${inMegabytes(document)} on disk`)
    if (this.#total - now + length > total)
      throw new QuotaError(`all documents together would take more than ${inMegabytes(total)} on disk`)
  }

  /** A file has this length now. */
  note(path: string, length: number): void {
    this.#total += length - (this.#lengths.get(path) ?? 0)
    this.#lengths.set(path, length)
  }
}

const inMegabytes = (bytes: number): string => `${Math.round(bytes / MEGABYTE)} MB`
