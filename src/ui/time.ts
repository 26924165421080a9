/** When something was, in words. */
import type { Language } from '#i18n/phrases'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** '2 minutes ago', 'yesterday', and past a week the date. Times in milliseconds since 1970. */
export function relativeTime(then: number, now: number, language: Language): string {
  const past = Math.max(0, now - then)
  if (past >= 7 * DAY) {
    const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear()
    const format: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric' }
    if (!sameYear) format.year = 'numeric'
    return new Intl.DateTimeFormat(language, format).format(then)
  }
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  if (past >= DAY) return relative.format(-Math.floor(past / DAY), 'day')
  if (past >= HOUR) return relative.format(-Math.floor(past / HOUR), 'hour')
  if (past >= MINUTE) return relative.format(-Math.floor(past / MINUTE), 'minute')
  return relative.format(0, 'second')
}
