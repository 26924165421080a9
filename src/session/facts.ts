/** What is known of an open document, and what a person is told of it. Pure. */
import type { Link } from '#doc/link'
import type { Person } from '#doc/person'
import type { Room, RoomStatus } from '#net/room'
import type { SaveFailure, SaveState } from '#storage/documents'

/** Someone else who is here. */
export interface Other extends Person {
  clientId: number
  /** The link to them is interrupted. */
  away: boolean
  /** They can only read. */
  reading: boolean
  /** They say that they take part in the call. */
  calling: boolean
}

/** What is known of an open document at one moment. */
export interface SessionState {
  /** Null until storage has answered. */
  room: Room | null
  /** What is stored has been read. */
  loaded: boolean
  /** This device holds the document. */
  arrived: boolean
  /** The document needs a newer Inkmesh; it must not be edited here. */
  newer: boolean
  /** The document is of the form that the preview had; it is only read. */
  preview: boolean
  title: string
  save: SaveState
  others: readonly Other[]
  /** An edit link of this document that this device holds, be it opened by another one. */
  knownEditFragment: string | null
  /** Rows that were stored and cannot be read; they were set aside. */
  setAside: number
  savingSlowly: boolean
  online: boolean
  roomStatus: RoomStatus
  /** What connects to others could not be loaded. */
  unconnectable: boolean
  /** There is a room, and people may talk in it. */
  huddles: boolean
}

/** See `worryOf`. 'unlike': somebody's copy holds other words in the place of words of this one. */
export type Worry = SaveFailure | 'poisoned' | 'setAside' | 'unlike'

/** What a person is told of an open document is made from. */
export interface Facts {
  /** 'saving' only when it has taken noticeably long. */
  save: 'opening' | 'saving' | 'saved' | 'failed'
  /** 'none': this browser has no WebRTC; 'unloaded': what connects did not load. */
  relay: 'connecting' | 'connected' | 'lost' | 'none' | 'unloaded'
  /** `navigator.onLine`. */
  online: boolean
  /** Names of the people with an open link; '' for someone who has not said one yet. */
  others: readonly string[]
  /** Name of someone whose link is interrupted, '' if not known; null when nobody's is. */
  reconnecting: string | null
  /** They have nothing of the document either. */
  waiting: boolean
  /** A link is being set up. */
  linking: boolean
  /** The last attempt at a link found no way through the network. */
  blocked: boolean
  /** Someone is here whose Inkmesh is too much newer or older to connect. */
  otherBuild: 'newer' | 'older' | null
  /** A keeper holds the document. */
  kept: boolean
  /** Other devices that hold everything; null while that is not known. */
  copies: number | null
  /** Another device has had all that was here, at some time. */
  shared: boolean
  /** Other tabs of this browser with the same document. */
  tabs: number
  /** Bytes of a large message on its way in. */
  receiving: { done: number; total: number } | null
  /** Whether this device holds the document. */
  arrived: boolean
  /** Whether the document needs a newer Inkmesh. */
  newer: boolean
}

/** Whether one may write in it here. */
export const isEditable = ({ arrived, newer, preview }: SessionState, { role }: Link): boolean =>
  arrived && role === 'edit' && !newer && !preview

/** Something was written here, and whoever writes along has not said yet that it has come. Nobody waits for it where one is alone. */
export const isUnderWay = (state: SessionState, link: Link): boolean =>
  isEditable(state, link) &&
  state.roomStatus.copies.unsent &&
  state.roomStatus.links.some((each) => each.state === 'open' && each.role === 'write')

/** What is not as it should be: why edits are not on disk, or what else. */
export function worryOf({ save, setAside, arrived, roomStatus }: SessionState, wasPoisoned: boolean): Worry | null {
  if (save.kind === 'failed') return save.reason
  if (setAside > 0) return 'setAside'
  if (wasPoisoned) return 'poisoned'
  return arrived && roomStatus.copies.unlike > 0 ? 'unlike' : null
}

/** What a person is told of it. */
export function factsOf(state: SessionState, link: Link): Facts {
  const { save, arrived, newer, online, others: people } = state
  const { relay, links, tabs, supported, blocked, otherBuild, copies } = state.roomStatus
  const reached = links.filter((each) => each.state === 'open')
  const open = reached.filter((each) => !each.alwaysOn)
  const isBeingTold =
    relay === 'connecting' || links.some((each) => each.state === 'connecting' || each.role === 'write')
  const interrupted = links.find((each) => each.state === 'interrupted')
  const incoming = links.find((each) => each.receiving !== null && each.receivingTotal !== null)
  const named = people.filter((other) => !other.away).map((other) => other.name)
  const unnamed = Math.max(0, open.length - named.length)
  const nameOf = (clientId: number | null): string => people.find((other) => other.clientId === clientId)?.name ?? ''
  return {
    save: save.kind === 'saving' && !state.savingSlowly ? 'saved' : save.kind,
    relay: state.unconnectable ? 'unloaded' : supported ? relay : 'none',
    online,
    others: open.length === 0 ? [] : [...named, ...Array<string>(unnamed).fill('')],
    reconnecting: interrupted === undefined ? null : nameOf(interrupted.clientId),
    waiting: !arrived && reached.every((each) => each.synced),
    linking: links.some((each) => each.state === 'connecting'),
    blocked,
    otherBuild,
    kept: reached.length > open.length,
    copies: copies.devices > 0 || (isEditable(state, link) && !isBeingTold) ? copies.devices : null,
    shared: copies.devices > 0 || copies.takenAt !== null,
    tabs,
    receiving: incoming ? { done: incoming.receiving ?? 0, total: incoming.receivingTotal ?? 0 } : null,
    arrived,
    newer,
  }
}
