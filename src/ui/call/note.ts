/** A line about a call, for the document: when it was, how long, and who was there. */

export interface Talk {
  /** Ms since the epoch. */
  since: number
  now: number
  names: readonly string[]
}

/** In the language's own way of dates; `minutes` and `title` are words of it. */
export function noteOf(
  { since, now, names }: Talk,
  language: string,
  { title, minutes }: { title: string; minutes: (count: number) => string },
): string {
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' })
  const when = time.formatRange(new Date(since), new Date(now))
  const long = minutes(Math.max(1, Math.round((now - since) / 60_000)))
  return `${title}: ${when} (${long}) · ${names.join(', ')}`
}
