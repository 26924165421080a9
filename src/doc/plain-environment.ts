/** Stands in for `lib0/environment` in the browser (`plainEnvironment` in vite.config.ts): the same names, as far as they are used. */

export const isNode = false
export const isBrowser = true
/** No variable is ever set. */
export const getVariable = (): null => null
