import { vi } from 'vitest'

/** Waits until the check passes, as long as a busy machine may need; gives what it gives. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 15_000 })
