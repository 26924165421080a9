/** Linux network namespaces: machines that share this one's disk and clock, but not its network. */
import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'

/** Names start with it, then comes the process that made them. */
const PREFIX = 'inkmesh-'

export class Namespace {
  readonly name: string

  /** Makes a namespace with nothing but a loopback interface. */
  constructor(lab: string, host: string) {
    this.name = `${PREFIX}${process.pid}-${lab}-${host}`
    run('ip', 'netns', 'add', this.name)
    this.ip('link set lo up')
    this.exec('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1')
  }

  /** Runs `ip` in it; arguments are parted by spaces. */
  ip(command: string): void {
    run('ip', '-n', this.name, ...command.split(' '))
  }

  /** Runs `iptables` in it; arguments are parted by spaces. */
  iptables(command: string): void {
    this.exec('iptables', '-w', ...command.split(' '))
  }

  /** Runs a command in it to its end. Throws with what it complained about. */
  exec(command: string, ...args: string[]): void {
    run(...this.enter(command, ...args))
  }

  /** Starts a command in it. */
  spawn(command: string, args: string[], options: SpawnOptions): ChildProcess {
    const [entry, ...rest] = this.enter(command, ...args)
    return spawn(entry, rest, options)
  }

  /** A command that runs another one in here. Takes its place, so that signals and pipes go to that one. */
  enter(command: string, ...args: string[]): [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.name, command, ...args]
  }

  /** Ids of the processes that run in it. */
  processes(): number[] {
    return processesIn(this.name)
  }

  /** Ends what still runs in it, and removes it. */
  remove(): void {
    removeByName(this.name)
  }
}

/** Removes what a run that crashed has left. */
export function removeLeftovers(): void {
  for (const line of run('ip', 'netns', 'list').split('\n')) {
    const [name = ''] = line.split(' ')
    const owner = new RegExp(`^${PREFIX}(\\d+)-`, 'u').exec(name)?.[1]
    if (owner !== undefined && !isAlive(Number(owner))) removeLeftover(name)
  }
}

/** Another worker may be at it, too, and quicker. */
function removeLeftover(name: string): void {
  try {
    removeByName(name)
  } catch (error) {
    if (run('ip', 'netns', 'list').includes(name)) throw error
  }
}

const processesIn = (name: string): number[] =>
  run('ip', 'netns', 'pids', name)
    .split('\n')
    .filter((line) => line !== '')
    .map(Number)

function removeByName(name: string): void {
  for (const id of processesIn(name)) signal(id, 'SIGKILL')
  run('ip', 'netns', 'delete', name)
}

/** Sends a signal to a process, which may have ended meanwhile. */
export function signal(id: number, name: NodeJS.Signals): void {
  try {
    process.kill(id, name)
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0)
  } catch (error) {
    return !isGone(error)
  }
}

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ESRCH'

function run(command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error)
    throw new Error(`${[command, ...args].join(' ')}: ${said}`, { cause: error })
  }
}
