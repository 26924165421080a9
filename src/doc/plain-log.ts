/**
 * Stands in for `lib0/logging` in the browser (`plainLoggerAlias` in vite.config.ts), whose colours nobody sees and whose
 * module log nobody switches on. Same names, plain console.
 */

export const BOLD = ''
export const UNBOLD = ''
export const GREY = ''
export const ORANGE = ''
export const RED = ''
export const UNCOLOR = ''

export const print = (...parts: unknown[]): void => console.info(...parts)
export const warn = (...parts: unknown[]): void => console.warn(...parts)
/** A log of a module's steps: silent. */
export const createModuleLogger = (): (() => void) => () => undefined
