/** A page with y-webrtc as it comes, simple-peer and all, and nothing of Inkmesh; tests drive it through `window.stock`. */
import { WebrtcProvider } from 'y-webrtc'
import * as Y from 'yjs'

class Client {
  readonly doc = new Y.Doc()
  readonly text = this.doc.getText('text')
  readonly provider: WebrtcProvider
  /** Whether it holds all that its peers hold, as y-webrtc says. */
  synced = false

  constructor(room: string, relay: string, password: string | null) {
    const options = { signaling: [relay], peerOpts: { config: { iceServers: [] } } }
    this.provider = new WebrtcProvider(room, this.doc, { ...options, ...(password !== null && { password }) })
    this.provider.on('synced', ({ synced }) => {
      this.synced = synced
    })
  }

  get peers(): number {
    return this.provider.room?.webrtcConns.size ?? 0
  }
}

declare global {
  interface Window {
    stock: Client
    join: (room: string, relay: string, password: string | null) => void
  }
}

window.join = (room, relay, password) => {
  window.stock = new Client(room, relay, password)
}
