/** Whether this machine can be several: the tests of `tests/net` need network namespaces. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What they are built with, besides `ip` itself. */
const TOOLS = ['iptables', 'sysctl', 'perl', 'openssl']

/** Why network namespaces cannot be had here; null when they can. */
export function namespaceObstacle() {
  if (process.platform !== 'linux') return 'they need Linux'
  if (process.getuid?.() !== 0) return 'they need root'
  if (!existsSync('/dev/net/tun')) return 'there is no /dev/net/tun'
  const missing = ['ip', ...TOOLS].filter((tool) => !isInstalled(tool))
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`
  const name = `inkmesh-${process.pid}-trial`
  try {
    if (!run('ip', 'netns', 'add', name)) return 'this machine makes no network namespace'
    const translates = run(
      'ip',
      'netns',
      'exec',
      name,
      'iptables',
      '-t',
      'nat',
      '-A',
      'POSTROUTING',
      '-j',
      'MASQUERADE',
    )
    return translates ? null : 'iptables cannot translate addresses here'
  } finally {
    run('ip', 'netns', 'delete', name)
  }
}

const isInstalled = (tool) => run('sh', '-c', `command -v ${tool}`)
const run = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0
