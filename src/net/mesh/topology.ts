/**
 * Who is linked with whom, and over which links changes are told. Up to FULL_MESH peers everyone is linked with everyone
 * and tells everyone.
 *
 * In a larger room everybody keeps a few links, and uses fewer still. What a peer can do without is found from what it
 * sees: a link that is the heaviest of a circle of three or four (by the cycle property of minimum spanning trees no such
 * step, nor any number of them at the same time, can cut the room in two), and one that is never the first to bring a
 * change. Circles of that size are what a peer knows of from its neighbours' lists, and both ends of a link know the same.
 *
 * Readers pass no changes on, so only links between writers carry the room, and a reader holds on to a few writers.
 */
import type { Role } from '../link/frames.ts'

/** Rooms of more peers than this are crowded. */
const FULL_MESH = 12

/** How many of a room should answer somebody whom they do not see in it. */
const STRANGER_WANTS = 2

/** Links with writers that a peer of a crowded room wants at least, and keeps at most if it can. */
const LINKS: Readonly<Record<Role | 'keeper', { least: number; most: number }>> = {
  write: { least: 6, most: 8 },
  suggest: { least: 2, most: 3 },
  read: { least: 2, most: 3 },
  keeper: { least: 8, most: 32 },
}

/** The other end of a link. */
export interface Neighbour {
  readonly client: number
  readonly role: Role
  readonly alwaysOn: boolean
  /** Writers that it is linked with, by client. */
  readonly writers: ReadonlySet<number>
  /** Clients that it tells of every change of the document. */
  readonly told: ReadonlySet<number>
}

/** A peer, to itself. */
export interface Self {
  readonly client: number
  readonly writes: boolean
  readonly alwaysOn: boolean
}

/** Says that somebody wants links. Not to be trusted: who makes others link too much harms himself. */
export interface Announcement {
  /** Who says it. */
  client: number
  /** How many should answer; 0: only who does not see the one who says it. */
  wants: number
  writes: boolean
}

/** Whether so many peers are too many for everyone to be linked with everyone. */
export const isCrowd = (peers: number): boolean => peers > FULL_MESH

/** How many more links with writers a peer of a crowded room wants. */
export function wantedLinks(self: Self, neighbours: readonly Neighbour[]): number {
  return Math.max(0, limitsOf(self).least - writersAmong(neighbours).length)
}

/** What a peer knows of the room. */
export interface Surroundings {
  /** How many are said to be in it. */
  peers: number
  /** How many it sees, itself included. */
  seen: number
  /** Whether it sees who announces himself. */
  isSeen: boolean
}

/** How likely a peer should answer an announcement, 0 to 1; null: one that says nothing. */
export function chanceToAnswer(
  self: Self,
  neighbours: readonly Neighbour[],
  announcement: Announcement | null,
  { peers, seen, isSeen }: Surroundings,
): number {
  if (!isCrowd(peers)) return 1
  // In a crowd, whoever wants links says so.
  if (announcement === null) return 0
  const { wants, writes } = announcement
  // Readers are of no use to each other, and to a writer none that has links enough itself.
  if (!self.writes && (!writes || wantedLinks(self, neighbours) === 0)) return 0
  // The room may be in two parts, of which neither sees the other.
  if (wants === 0) return isSeen ? 0 : Math.min(1, STRANGER_WANTS / seen)
  if (self.alwaysOn) return neighbours.length < limitsOf(self).most ? 1 : 0
  const hasEnough = writes && self.writes && writersAmong(neighbours).length >= 2 * limitsOf(self).most
  return hasEnough ? 0 : Math.min(1, Math.max(0, wants) / (peers - 1))
}

/**
 * The neighbour that a peer of a crowded room should part from; null when it has few, or each of them is needed. Between
 * writers only a link that is not used for changes (`isFed`) is given up: the others hold the room together.
 */
export function surplus<Someone extends Neighbour>(
  self: Self,
  neighbours: readonly Someone[],
  isFed: (end: Someone) => boolean,
): Someone | null {
  const writers = writersAmong(neighbours)
  const { least, most } = limitsOf(self)
  // Readers are of no use to each other.
  const reader = self.writes ? undefined : neighbours.find(({ role }) => role === 'read')
  if (reader !== undefined) return reader
  if (writers.length <= most) return null
  // They carry nothing: any of theirs may go but the one that tells them.
  if (!self.writes) return writers.find((end) => !isFed(end)) ?? null
  const weightTo = (end: Neighbour): number => weight(self.client, end.client)
  return (
    writers
      .filter((end) => !end.alwaysOn && !self.alwaysOn && !isFed(end))
      // Who is left with few would seek another one.
      .filter(({ writers: others }) => others.size >= least)
      .reduce<Someone | null>((found, one) => (found === null || weightTo(one) > weightTo(found) ? one : found), null)
  )
}

/** Whether a peer of a crowded room tells this neighbour of presence, and is told by it. */
export function tells(self: Self, end: Neighbour, neighbours: readonly Neighbour[]): boolean {
  if (isBetweenWriters(self, end)) return !isHeaviest(self, end, writersAmong(neighbours))
  if (!self.writes && end.role === 'read') return false
  const [reader, writers] = self.writes
    ? [end.client, [...end.writers]]
    : [self.client, writersAmong(neighbours).map(({ client }) => client)]
  const writer = self.writes ? self.client : end.client
  return writers.every((other) => weight(reader, writer) <= weight(reader, other))
}

/**
 * Which neighbours a peer of a crowded room tells of changes of the document, and which of all it could do without.
 * `isIdle`: a link was long not the first to bring a change; `spares`: the other side could do without, too.
 *
 * It is not told where both can do without. That cuts nothing off: every change spreads over the tree of the links that
 * were first to bring it, none of which is idle at both ends, and of a circle of links in use only the heaviest is spared.
 */
export function feeding<Someone extends Neighbour & { readonly spares: boolean }>(
  self: Self,
  neighbours: readonly Someone[],
  isIdle: (end: Someone) => boolean,
): { fed: Set<Someone>; spared: Set<Someone> } {
  const fed = neighbours.filter((end) => !isBetweenWriters(self, end) && tells(self, end, neighbours))
  const spared = new Set<Someone>()
  const inUse: Someone[] = []
  // A circle's other links are all lighter, so whether they are in use is known by then.
  const byWeight = [...neighbours].sort((a, b) => weight(self.client, a.client) - weight(self.client, b.client))
  for (const end of byWeight.filter((one) => isBetweenWriters(self, one))) {
    if (isIdle(end) || isHeaviest(self, end, inUse, (one, far) => one.told.has(far))) spared.add(end)
    if (!spared.has(end) || !end.spares) inUse.push(end)
  }
  return { fed: new Set([...fed, ...inUse]), spared }
}

const isBetweenWriters = (self: Self, end: Neighbour): boolean => self.writes && end.role === 'write'

/** Whether the link with `end` is the heaviest of some circle self – via – end, or self – via – far – end, of links that count. */
function isHeaviest(
  self: Self,
  end: Neighbour,
  vias: readonly Neighbour[],
  counts: (from: Neighbour, to: number) => boolean = () => true,
): boolean {
  const limit = weight(self.client, end.client)
  const isLink = (from: Neighbour, to: number) =>
    from.writers.has(to) && counts(from, to) && weight(from.client, to) < limit
  return vias.some((via) => {
    if (via === end || weight(self.client, via.client) >= limit) return false
    if (isLink(via, end.client)) return true
    for (const far of via.writers) {
      if (far !== self.client && isLink(end, far) && isLink(via, far)) return true
    }
    return false
  })
}

/** A number that both ends, and everybody else, know of a link: mixes the two clients (Murmur3's finaliser). */
function weight(a: number, b: number): number {
  let mixed = Math.imul(Math.min(a, b), 0x9e3779b1) ^ Math.max(a, b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

const writersAmong = <Someone extends Neighbour>(neighbours: readonly Someone[]): Someone[] =>
  neighbours.filter(({ role }) => role === 'write')

const limitsOf = ({ writes, alwaysOn }: Self) => LINKS[alwaysOn ? 'keeper' : writes ? 'write' : 'read']
