/** A long or bad line between two namespaces, for kernels without `netem`. */
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Namespace } from './namespace.ts'

export interface LineManner {
  /** Milliseconds that each packet travels, in either direction. */
  delay: number
  /** Share of the packets that get lost, 0 to 1. */
  loss: number
  /** Bits a second, in either direction; 0: as many as come. */
  rate: number
  /** Nothing gets through. */
  down: boolean
}

const GOOD: LineManner = { delay: 0, loss: 0, rate: 0, down: false }

/** Less than most paths take, so that nothing is cut in pieces. */
const MTU = 1400

/** Opens a TUN device and becomes another command, which inherits it: Perl is on every Debian, and knows ioctl. */
const WITH_TUN = `
  my ($name, @command) = @ARGV;
  $^F = 255;
  open(my $tun, '+<', '/dev/net/tun') or die "/dev/net/tun: $!";
  my ($TUNSETIFF, $IFF_TUN, $IFF_NO_PI) = (0x400454ca, 0x0001, 0x1000);
  ioctl($tun, $TUNSETIFF, pack('a16 S x22', $name, $IFF_TUN | $IFF_NO_PI)) or die "TUNSETIFF $name: $!";
  exec @command or die "$command[0]: $!";
`

/** One end of a line: the interface it makes there, and that interface's address with prefix length. */
export interface LineEnd {
  namespace: Namespace
  device: string
  address: string
}

export class Line {
  readonly #process: ChildProcess
  #manner = GOOD

  private constructor(process: ChildProcess) {
    this.#process = process
  }

  /** Joins two namespaces. Both ends are up when it resolves. */
  static async between(a: LineEnd, b: LineEnd): Promise<Line> {
    for (const { namespace, device, address } of [a, b]) {
      namespace.ip(`tuntap add dev ${device} mode tun`)
      namespace.ip(`addr add ${address} dev ${device}`)
      namespace.ip(`link set ${device} mtu ${MTU} up`)
    }
    const carrier = [process.execPath, fileURLToPath(new URL('carrier.mjs', import.meta.url))]
    const inB = b.namespace.enter('perl', '-e', WITH_TUN, b.device, ...carrier)
    const child = a.namespace.spawn('perl', ['-e', WITH_TUN, a.device, ...inB], { stdio: ['pipe', 'pipe', 'inherit'] })
    await new Promise((resolve, reject) => {
      child.stdout?.once('data', resolve)
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`The line ended with ${code}`)))
    })
    return new Line(child)
  }

  /** Changes how it treats packets from now on. */
  behave(change: Partial<LineManner>): void {
    this.#manner = { ...this.#manner, ...change }
    this.#process.stdin?.write(`${JSON.stringify(this.#manner)}\n`)
  }

  remove(): void {
    this.#process.removeAllListeners('exit')
    this.#process.kill('SIGKILL')
  }
}
