/** From what nobody may miss to what only helps in a search. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

/**
 * Says what happens. No topic is ever said, and the address of no client above `debug`; details are plain values.
 */
export type Log = Readonly<Record<LogLevel, (event: string, details?: Readonly<Record<string, unknown>>) => void>>

/**
 * Logs up to a level, to be written line by line: a JSON object with `time` (ISO 8601), `level`, `event` and the details;
 * or, for people, the event with the details behind it.
 */
export function createLog(level: LogLevel, form: 'json' | 'text', write: (line: string) => void): Log {
  const said = LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(level) + 1)
  const sayAt =
    (at: LogLevel): Log[LogLevel] =>
    (event, details = {}) => {
      if (!said.includes(at)) return
      const json = { time: new Date().toISOString(), level: at, event, ...details }
      const values = Object.entries(details).map(([name, value]) => `${name}: ${String(value)}`)
      write(
        form === 'json'
          ? JSON.stringify(json)
          : [event, ...(values.length > 0 ? [`(${values.join(', ')})`] : [])].join(' '),
      )
    }
  return { error: sayAt('error'), warn: sayAt('warn'), info: sayAt('info'), debug: sayAt('debug') }
}

/** Says nothing. */
export const silence: Log = createLog('error', 'json', () => undefined)
