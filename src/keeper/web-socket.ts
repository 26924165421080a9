/** WebSocket for y-webrtc, which looks for the browser's. Node has one only from version 22 on. */
import { WebSocket } from 'ws'

/** In a browser a connection that fails while nobody listens is no exception. */
class CalmWebSocket extends WebSocket {
  constructor(url: string) {
    super(url)
    this.on('error', () => undefined)
  }
}

/** To be called before the first room is joined. */
export function provideWebSocket(): void {
  Object.assign(globalThis, { WebSocket: CalmWebSocket })
}
