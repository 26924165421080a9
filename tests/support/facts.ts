/** What is known of a document by somebody who is alone in it, and whom nothing troubles. */
import type { Facts } from '#session/facts'

export const ALONE: Facts = {
  save: 'saved',
  relay: 'connected',
  online: true,
  others: [],
  reconnecting: null,
  waiting: false,
  linking: false,
  blocked: false,
  otherBuild: null,
  kept: false,
  copies: null,
  shared: false,
  tabs: 0,
  receiving: null,
  arrived: true,
  newer: false,
}
