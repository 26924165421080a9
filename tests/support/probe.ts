/** What tests put into a page before the app's own scripts run. */

/** `window.probe`: what the page did on the network, and what went wrong in it. */
interface Probe {
  connections: RTCPeerConnection[]
  channels: RTCDataChannel[]
  /** Content-Security-Policy violations, as text. */
  violations: string[]
}

/** What WebRTC itself says went over a page's data channels. */
export interface Traffic {
  /** Candidate pairs in use, one for each live link with another browser. */
  links: number
  messagesSent: number
  messagesReceived: number
  bytesSent: number
  bytesReceived: number
}

declare global {
  interface Window {
    probe: Probe
  }
}

/** Records every RTCPeerConnection and RTCDataChannel. Runs inside the page. */
export function installProbe(): void {
  const probe: Probe = { connections: [], channels: [], violations: [] }
  window.probe = probe

  if ('RTCPeerConnection' in window) {
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        probe.connections.push(this)
        this.addEventListener('datachannel', (event) => probe.channels.push(event.channel))
      }

      override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
        const channel = super.createDataChannel(label, options)
        probe.channels.push(channel)
        return channel
      }
    }
  }

  document.addEventListener('securitypolicyviolation', (event) => {
    probe.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`.trim())
  })
}

/**
 * Makes BroadcastChannel mute. Contexts share none anyway; without one at all, nobody can doubt which way the bytes
 * went. Runs inside the page.
 */
export function silenceTabs(): void {
  BroadcastChannel.prototype.postMessage = () => undefined
}

/** Adds up `getStats` over all live connections. Runs inside the page. */
export async function readTraffic(): Promise<Traffic> {
  const traffic: Traffic = { links: 0, messagesSent: 0, messagesReceived: 0, bytesSent: 0, bytesReceived: 0 }
  for (const connection of window.probe.connections) {
    if (connection.connectionState !== 'connected') continue
    const reports = await connection.getStats()
    reports.forEach((report: RTCStats & Record<string, unknown>) => {
      if (report.type === 'candidate-pair' && report.nominated === true && report.state === 'succeeded')
        traffic.links += 1
      if (report.type !== 'data-channel') return
      for (const key of ['messagesSent', 'messagesReceived', 'bytesSent', 'bytesReceived'] as const) {
        const value = report[key]
        if (typeof value === 'number') traffic[key] += value
      }
    })
  }
  return traffic
}
