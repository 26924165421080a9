/** Loaded into a process before its own program: answers each message of its parent with what the process has used. */
process.on('message', () => {
  globalThis.gc()
  globalThis.gc()
  const { rss } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  process.send({ rss, cpu: (user + system) / 1000 })
})
process.channel.unref()
