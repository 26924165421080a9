/** A home router: the host behind it reaches the world through address translation and a firewall. */
import { Namespace } from './namespace.ts'

/**
 * How a router treats its host (RFC 4787 has the terms).
 * - `cone`: one public port for one socket, whoever it talks to; strangers are let in where it has sent something.
 * - `symmetric`: another public port for every destination, so that nobody can be told where to send.
 * - `no-udp`: only TCP gets out.
 * - `web-only`: only TCP to the ports of web servers gets out.
 */
export type Manner = 'cone' | 'symmetric' | 'no-udp' | 'web-only'

/** Ports that a `web-only` firewall lets pass. */
const WEB_PORTS = '80,443'

export class Router {
  readonly namespace: Namespace

  /** Its interfaces are called `in` and `out`; whoever builds the lab plugs them in. */
  constructor(lab: string, name: string) {
    this.namespace = new Namespace(lab, name)
    this.namespace.exec('sysctl', '-qw', 'net.ipv4.ip_forward=1')
  }

  /** Connections that stand keep the port they have. */
  behave(manner: Manner): void {
    const tables = (command: string) => this.namespace.iptables(command)
    tables('-t nat -F')
    tables('-F')
    // What nobody asked for is dropped before connection tracking remembers it: a stray packet that came too early would
    // take the port that hole punching needs.
    tables('-P INPUT DROP')
    tables('-A INPUT -i in -j ACCEPT')
    tables('-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT')
    tables('-P FORWARD DROP')
    if (manner === 'no-udp' || manner === 'web-only') tables('-A FORWARD -p udp -j DROP')
    if (manner === 'web-only') tables(`-A FORWARD -i in -p tcp -m multiport ! --dports ${WEB_PORTS} -j REJECT`)
    tables('-A FORWARD -i in -j ACCEPT')
    tables('-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT')
    tables(`-t nat -A POSTROUTING -o out -j MASQUERADE${manner === 'symmetric' ? ' --random-fully' : ''}`)
  }
}
