/** What the merge has reached. These numbers are pinned: they may only get better. */
import type { Verdict } from './judge.ts'

/** These never happen. */
export const NEVER: readonly Verdict[] = ['lost', 'doubled', 'torn', 'brought back', 'not converged', 'invalid']

/** The least share of pairs that nothing at all is wrong with. */
export const CLEAN = 0.975

/** The largest shares of the pairs: what is left is listed, with its reasons, by `npm run bench -- merge`. */
export const AT_MOST: Partial<Record<Verdict, number>> = {
  misplaced: 0.004,
  stray: 0,
  order: 0.0005,
  blocks: 0.009,
  break: 0.0005,
  kind: 0.005,
  mark: 0.008,
}
