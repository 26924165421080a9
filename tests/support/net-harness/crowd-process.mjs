/** Peers in a process of their own: a crash of the native WebRTC library takes nobody else along. */
const [, , bundle] = process.argv
const peers = []

// They are no tabs of one browser.
delete globalThis.BroadcastChannel
process.setMaxListeners(0)

process.on('message', async ({ id, join, write, say, flood, leave }) => {
  if (join !== undefined) {
    for (let i = 0; i < join.count; i++) {
      // Each has a Yjs of its own, which is meant.
      delete globalThis['__ $YJS$ __']
      const { arrive } = await import(`${bundle}?${peers.length}`)
      peers.push(await arrive(join.address, `Node ${peers.length}`))
    }
  }
  if (write !== undefined) peers[write.peer].write(write.text)
  if (say !== undefined) peers[say.peer].say(Uint8Array.from(say.update))
  const sent = flood === undefined ? 0 : await peers[flood.peer].flood(flood.name)
  if (leave) await Promise.all(peers.splice(0).map((peer) => peer.leave()))
  process.send({ id, sent, reports: peers.map((peer) => peer.report()) })
})
process.on('disconnect', () => process.exit())
