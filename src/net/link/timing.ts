/** How long things on the network may take, in milliseconds. Tests run with shorter ones. */
export const TIMING = {
  /** One attempt at a connection, from offer to hello. */
  attempt: 8_000,
  /** When a peer calls again and has not answered our offer for this long, it cannot have heard it. */
  unheard: 3_000,
  /** How long an ICE restart may take before another connection is tried, and how often one is begun at most. */
  restart: 2_500,
  restartEvery: 1_000,
  /** Pause between two replacements of a connection that cannot be negotiated any further: doubled each time between these two. */
  replaceFirst: 2_500,
  replaceMost: 600_000,
  /** Wait before the next attempt: doubled each time between these two, then multiplied by 0.5 to 1.5 at random. */
  retryFirst: 250,
  retryMost: 4_000,
  /** A link that hears nothing from the other side, neither by signal nor by frame, is given up after this. */
  giveUp: 20_000,
  /** A peer that keeps breaking the rules, or does not speak our protocol, is ignored this long. */
  refuse: 120_000,
  /** Heartbeat: how often a link looks, from when on silence is asked about, and when it means an interruption. */
  beat: 2_000,
  quiet: 4_500,
  dead: 11_000,
  /** A probed link must answer within this. One whose peer is said to have left is then without a cursor, and ended after `linger` more. */
  probe: 1_500,
  linger: 5_000,
  /** A client out of reach keeps its cursor this long, since the link may come back or another one take over. */
  absence: 1_000,
  /** A peer that did not take somebody's presence is told again after this. */
  remind: 1_000,
  /** Whether there are links enough, and not too many, is looked at this often: between these two, at random. */
  tendLeast: 1_500,
  tendMost: 3_500,
  /** A room counts as crowded for this long after it was. */
  calm: 20_000,
  /** How often somebody of all in the room announces himself at most, so that parts of it that are apart find each other. */
  call: 20_000,
  /** A link that is parted from ends within this. */
  parting: 1_000,
  /** Copies are compared this often: between these two, at random. */
  compareLeast: 10_000,
  compareMost: 15_000,
  /** What another copy has and ours lacks may still be under way on another link: wait before asking for it. */
  underway: 700,
  /** Who holds what is said when a copy has not changed for `settle`, or after `settleMost` of changes. */
  settle: 700,
  settleMost: 3_000,
  /** A peer that was asked and sends nothing for this long is given up, and another one asked. */
  answer: 10_000,
}

export type Timing = typeof TIMING

/** A random duration between two. */
export const between = (least: number, most: number): number => least + Math.random() * (most - least)
