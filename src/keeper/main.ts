/** Runs a keeper until SIGTERM or SIGINT. `--help` says how. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { defaultDataFolder, FolderInUseError } from './data-folder.ts'
import { codeOf } from './disk.ts'
import { createKeeper, type Keeper, type KeeperOptions } from './keeper.ts'
import { LIMITS } from './quota.ts'
import { LinkError, originOf, readLinkList } from './links.ts'

const STATUS_PORT = 4445

const MEGABYTE = 1024 * 1024
const inMegabytes = (bytes: number): number => bytes / MEGABYTE

const HELP = `Keeps documents available while everybody else is offline.

  inkmesh keep [options] EDIT-LINK [EDIT-LINK …]        as installed
  npm run keep -- [options] EDIT-LINK [EDIT-LINK …]     in the sources

  --links FILE     reads links from a file, one a line ('-': from standard input)
  --data DIR       where documents are stored (${defaultDataFolder()})
  --export DIR     writes each document as a Markdown file there, again when it has changed
  --quota MB       what one document may take on disk (${inMegabytes(LIMITS.document)})
  --quota-all MB   what all of them may take together (${inMegabytes(LIMITS.total)})
  --status PORT    port of the status page on this machine (${STATUS_PORT}; 0: a free one; off: none)
  --relay URL      address of the app, for links that are only '#edit=…'
  --help

Links may also stand in INKMESH_LINKS, separated by white space. A link on the command line can be seen by everybody
who can list this machine's processes, and whoever has an edit link can change the document: --links and INKMESH_LINKS
keep it to yourself.

Documents are stored as they are, not encrypted: keep the folder on a disk you trust.`

/** A command line that makes no sense. */
class UsageError extends Error {}

try {
  const options = readOptions()
  if (options === null) console.log(HELP)
  else await run(options)
} catch (error) {
  explain(error)
}

async function run(options: KeeperOptions): Promise<void> {
  const keeper = await createKeeper(options)
  const { length } = keeper.reports()
  console.log(`Keeping ${length} ${length === 1 ? 'document' : 'documents'} in ${options.dataFolder}`)
  if (keeper.statusUrl !== null) console.log(`Status: ${keeper.statusUrl}`)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(keeper))
  // After an error of our own there is no telling what still works, what is said to be stored included.
  process.on('uncaughtException', (error) => {
    console.error(error)
    setTimeout(() => process.exit(1), LAST_WORDS)
    keeper.close().then(() => process.exit(1), explain)
  })
}

/** How long closing may take after an error, in milliseconds. */
const LAST_WORDS = 5_000

/** A terminal and the programs in between may each pass the same signal on; what comes this much later is another one, in milliseconds. */
const SAME_SIGNAL = 500

let stoppedAt: number | null = null

/** Ends in peace at the first signal, and at once at the second. */
function stop(keeper: Keeper): void {
  if (stoppedAt !== null && Date.now() - stoppedAt > SAME_SIGNAL) process.exit(1)
  if (stoppedAt !== null) return
  stoppedAt = Date.now()
  keeper.close().then(() => {
    const unstored = keeper.reports().filter(({ stored }) => !stored)
    if (unstored.length > 0) console.error(`NOT STORED: ${unstored.map(({ id }) => id).join(', ')}`)
    process.exit(unstored.length > 0 ? 1 : 0)
  }, explain)
}

/** Null when help is asked for. Throws a UsageError. */
function readOptions(): KeeperOptions | null {
  const { values, positionals } = readArguments()
  if (values.help === true) return null
  const relay = values.relay === undefined ? null : originOf(values.relay)
  if (values.relay !== undefined && relay === null)
    throw new UsageError(`--relay needs an address, not ${values.relay}`)
  const links = [
    ...positionals,
    ...(values.links === undefined ? [] : readLinkFile(values.links)),
    ...(process.env.INKMESH_LINKS ?? '').split(/\s+/u).filter((link) => link !== ''),
  ]
  // They are not needed there any more, and would be inherited.
  delete process.env.INKMESH_LINKS
  if (links.length === 0) throw new UsageError('No link to keep.')
  return {
    links,
    relay,
    dataFolder: values.data ?? defaultDataFolder(),
    exportFolder: values.export ?? null,
    statusPort: portOf(values.status),
    limits: {
      document: quotaOf('--quota', values.quota) ?? LIMITS.document,
      total: quotaOf('--quota-all', values['quota-all']) ?? LIMITS.total,
    },
    log: (line) => console.log(line),
  }
}

function readArguments() {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        links: text,
        data: text,
        export: text,
        status: text,
        quota: text,
        'quota-all': text,
        relay: text,
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error
  }
}

function readLinkFile(path: string): string[] {
  try {
    return readLinkList(readFileSync(path === '-' ? 0 : path, 'utf8'))
  } catch (error) {
    throw new UsageError(`The links cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function portOf(text: string | undefined): number | null {
  if (text === undefined) return STATUS_PORT
  if (text === 'off') return null
  if (/^\d{1,5}$/u.test(text) && Number(text) < 65_536) return Number(text)
  throw new UsageError(`--status needs a port or 'off', not ${text}`)
}

/** Bytes; null when it is not said. */
function quotaOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^[1-9]\d{0,8}$/u.test(text)) return Number(text) * MEGABYTE
  throw new UsageError(`${option} needs a number of megabytes, not ${text}`)
}

function explain(error: unknown): never {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${HELP}`)
  else if (error instanceof LinkError || error instanceof FolderInUseError) console.error(error.message)
  else if (codeOf(error) === 'EADDRINUSE')
    console.error('The port of the status page is in use. Choose another with --status.')
  else console.error(error instanceof Error ? error.message : String(error))
  process.exit(error instanceof UsageError ? 2 : 1)
}
