/** A modified client that holds a view link attacks two writers, over real data channels. */
import { RTCPeerConnection as NodePeerConnection } from '../../src/keeper/peer-connection.ts'
import { afterEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { encodeFrame, parseFrame, type Frame } from '#net/link/frames'
import { updateMessage } from '#net/mesh/messages'
import Peer from '#net/link/peer'
import { newIdentity } from '../support/identity.ts'
import { QUICK, WiredPeer } from '../support/net-harness/wired-peers.ts'

type Proof = Extract<Frame, { kind: 'proof' }>

/** What somebody hears and says below all that our own code would do. */
class Tap {
  readonly heard: Frame[] = []
  /** Goes out in the place of the next proof. */
  instead: Proof | null = null
  #channel: RTCDataChannel | null = null

  /** For the peer that is modified. */
  get RTCPeerConnection(): typeof RTCPeerConnection {
    const listen = (channel: RTCDataChannel): RTCDataChannel => this.#listen(channel)
    return class extends NodePeerConnection {
      override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
        return listen(super.createDataChannel(label, options))
      }
    }
  }

  say(frame: Frame): void {
    this.#channel?.send(encodeFrame(frame))
  }

  get proof(): Proof {
    const proof = this.heard.find((frame) => frame.kind === 'proof')
    if (proof === undefined) throw new Error('No proof was heard')
    return proof
  }

  #listen(channel: RTCDataChannel): RTCDataChannel {
    this.#channel = channel
    let take: RTCDataChannel['onmessage'] = null
    Object.defineProperty(channel, 'onmessage', {
      get: () => (event: MessageEvent<ArrayBuffer>) => {
        const frame = parseFrame(new Uint8Array(event.data))
        if (frame !== null && frame.kind !== 'unknown') this.heard.push(frame)
        take?.call(channel, event)
      },
      set: (handler: RTCDataChannel['onmessage']) => (take = handler),
    })
    const send = channel.send.bind(channel) as (bytes: Uint8Array<ArrayBuffer>) => void
    Object.defineProperty(channel, 'send', {
      value: (bytes: Uint8Array<ArrayBuffer>) => {
        const isProof = parseFrame(bytes)?.kind === 'proof'
        send(isProof && this.instead !== null ? encodeFrame(this.instead) : bytes)
      },
    })
    return channel
  }
}

const peers: WiredPeer[] = []
const links: Peer[] = []
afterEach(() => {
  for (const link of links.splice(0)) link.destroy()
  for (const peer of peers.splice(0)) peer.destroy()
})

function arrive(name: string, identity = newIdentity(), tap?: Tap): WiredPeer {
  const peer = new WiredPeer(name, QUICK, identity)
  if (tap) peer.context.RTCPeerConnection = tap.RTCPeerConnection
  peers.push(peer)
  return peer
}

const until = (condition: () => boolean) => expect.poll(condition, { interval: 10, timeout: 10_000 }).toBe(true)

async function connect(a: WiredPeer, b: WiredPeer): Promise<[Peer, Peer]> {
  const begin = (peer: WiredPeer, initiator: boolean) => {
    const link = new Peer({ initiator, context: peer.context })
    links.push(link)
    return link
  }
  const ends: [Peer, Peer] = [begin(a, true), begin(b, false)]
  for (const [from, to] of [ends, ends.toReversed()] as [Peer, Peer][]) {
    from.on('signal', (signal) => {
      to.signal(structuredClone(signal))
    })
  }
  await until(() => ends.every(({ state }) => state === 'open'))
  return ends
}

/** An update that would change any document. */
function forgery(): Uint8Array {
  const doc = new Y.Doc()
  doc.getText('text').insert(0, 'forged')
  return Y.encodeStateAsUpdate(doc)
}

/** The same content, as the answer to a question for the document. */
function forgedAnswer(): Uint8Array<ArrayBuffer> {
  const message = updateMessage(forgery())
  message[1] = 1
  return message
}

const refusals = ({ mesh }: WiredPeer): number =>
  (mesh.counts.dropped['update-without-proof'] ?? 0) + (mesh.counts.dropped['bad-proof'] ?? 0)

test('1,000 forged frames from a view link change nothing, and end its links; the writers go on, and so does who only reads', async () => {
  const [ada, ben] = [arrive('Ada'), arrive('Ben')]
  await connect(ada, ben)
  ada.text.insert(0, 'The writers’ own words')
  await until(() => ben.text.toJSON() === ada.text.toJSON())

  // Two connections of one forger: a reader to Ada, and to Ben somebody who claims to write and shows Ada's own proof.
  const [toAda, toBen] = [new Tap(), new Tap()]
  const viewer = arrive('Mallory', newIdentity('read'), toAda)
  const [atAda] = (await connect(ada, viewer)).slice(0, 1) as [Peer]
  await until(() => viewer.text.toJSON() === ada.text.toJSON())
  toBen.instead = toAda.proof
  const claimant = arrive('Mallory', { ...newIdentity('write'), device: viewer.context.identity.device }, toBen)
  const [atBen] = (await connect(ben, claimant)).slice(0, 1) as [Peer]
  expect(atBen.introduction?.role).toBe('read')
  expect(ben.mesh.counts.dropped['bad-proof']).toBe(1)

  const before = [ada, ben].map(({ doc }) => Y.encodeStateAsUpdate(doc))
  const own: Proof = { ...toAda.proof, signature: crypto.getRandomValues(new Uint8Array(64)) }
  const attacks: Frame[] = [
    { kind: 'message', doc: 0, bytes: updateMessage(forgery()) },
    { kind: 'message', doc: 0, bytes: forgedAnswer() },
    // What Ada showed us, to herself and to Ben; what Ben showed us, to Ada; and one of our own making.
    toAda.proof,
    toBen.proof,
    own,
  ]
  // One was refused above.
  for (let i = 1; i < 1000; i++) {
    const attack = attacks[i % attacks.length]
    if (attack) (i % 2 === 0 ? toAda : toBen).say(attack)
  }
  await until(() => [atAda, atBen].every(({ state }) => state === 'refused'))
  expect([atAda.refusal, atBen.refusal]).toEqual(['hostile', 'hostile'])
  expect(refusals(ada) + refusals(ben)).toBeGreaterThanOrEqual(200)
  expect([ada, ben].map(({ doc }) => Y.encodeStateAsUpdate(doc))).toEqual(before)
  expect(before[0]).toEqual(before[1])

  const reader = arrive('Rae', newIdentity('read'))
  await connect(ada, reader)
  ben.text.insert(0, 'Read on: ')
  await until(() => [ada, reader].every(({ text }) => text.toJSON() === 'Read on: The writers’ own words'))
  expect(viewer.text.toJSON()).toBe('The writers’ own words')
})
