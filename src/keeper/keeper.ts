/** Keeps documents available while everybody else is offline: a peer that never sleeps. */
import { mkdir } from 'node:fs/promises'
import { DataFolder } from './data-folder.ts'
import type { Disk } from './disk.ts'
import { IceServers } from './ice-servers.ts'
import { KeptDocument, type DocumentReport } from './kept-document.ts'
import { openLinks } from './links.ts'
import { Quota, type Limits } from './quota.ts'
import { StatusPage } from './status-page.ts'
import { provideWebSocket } from './web-socket.ts'

export interface KeeperOptions {
  /** Edit links: whole addresses, or fragments where `relay` names an origin. */
  links: readonly string[]
  /** Origin of the relay for links that are only fragments, such as 'https://write.example.org'. */
  relay?: string | null
  /** Folder for the documents. */
  dataFolder: string
  /** Folder for copies of them in Markdown; null: none. */
  exportFolder?: string | null
  /** Port of the status page on this machine: 0 takes a free one; null: no page. */
  statusPort?: number | null
  /** What documents may take on disk. */
  limits?: Limits
  /** Takes lines for the log. */
  log?: (line: string) => void
  /** For tests. */
  disk?: Disk
}

/** A running keeper. */
export interface Keeper {
  /** Address of the status page, or null. */
  readonly statusUrl: string | null
  /** How its documents stand, in the order of their links. */
  reports(): DocumentReport[]
  /** Says goodbye, writes what is unwritten, and stops. Asking twice is asking once. */
  close(): Promise<void>
}

/** One relay takes part in so many topics of one connection (`topicsPerConnection` of signaling/relay.ts), with room to spare. */
const TOPICS_PER_CONNECTION = 200

/**
 * Starts a keeper; resolves when its documents are read from disk. Rejects with a LinkError, a FolderInUseError, or the
 * system's error. A disk that fails later is told of, not thrown.
 */
export async function createKeeper(options: KeeperOptions): Promise<Keeper> {
  const { links, relay = null, exportFolder = null, statusPort = null, limits, log = () => undefined, disk } = options
  const assignments = await openLinks(links, relay)
  provideWebSocket()
  const folder = await DataFolder.open(options.dataFolder)
  const quota = new Quota(limits)
  const iceServers = new Map<string, IceServers>()
  const documents: KeptDocument[] = []
  let page: StatusPage | null = null
  let closing: Promise<void> | null = null

  const close = async (): Promise<void> => {
    for (const servers of iceServers.values()) servers.close()
    await Promise.all(documents.map((document) => document.close()))
    await page?.close()
    await folder.close()
  }

  const serversOf = (origin: string): IceServers => {
    const servers = iceServers.get(origin) ?? new IceServers(origin)
    iceServers.set(origin, servers)
    return servers
  }

  try {
    if (exportFolder !== null) await mkdir(exportFolder, { recursive: true })
    if (statusPort !== null) page = await StatusPage.open(statusPort, () => documents.map(({ report }) => report))
    for (const [i, assignment] of assignments.entries()) {
      const servers = assignment.origins.map(serversOf)
      const keep = (careful: boolean): KeptDocument =>
        new KeptDocument({
          assignment,
          folder,
          exportFolder,
          iceServers: () => servers.flatMap(({ current }) => [...current]),
          connection: Math.floor(i / TOPICS_PER_CONNECTION),
          ...(disk && { disk }),
          quota,
          careful,
          poisoned: () => void reopen(),
          log,
        })
      // The others are not touched by it.
      const reopen = async (): Promise<void> => {
        await documents[i]?.abandon().catch((error: unknown) => log(`A document did not close: ${String(error)}`))
        if (closing === null) documents[i] = keep(true)
      }
      documents.push(keep(false))
    }
    await Promise.all(documents.map(({ loaded }) => loaded))
  } catch (error) {
    await close()
    throw error
  }
  return {
    statusUrl: page?.url ?? null,
    reports: () => documents.map(({ report }) => report),
    close: () => (closing ??= close()),
  }
}
