/** How long the tasks of a page take: in time of the processor, which another test beside this one does not lengthen. */
import type { Person } from './person.ts'

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  /** Microseconds of the thread's own time. */
  tdur?: number
  args?: { name?: string }
}

/** Notes from now on; what it gives back ends that, and gives the longest task of a main thread, ms. One page of its browser at a time. */
export async function watchTasks({ page }: Person): Promise<() => Promise<number>> {
  const browser = page.context().browser()
  if (browser === null) throw new Error('A page without a browser')
  await browser.startTracing(page, { categories: ['toplevel'] })
  return async () => {
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
    const mains = new Set(
      traceEvents
        .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
        .map(({ pid, tid }) => `${pid} ${tid}`),
    )
    const tasks = traceEvents.filter(({ name, pid, tid }) => name.endsWith('RunTask') && mains.has(`${pid} ${tid}`))
    if (tasks.length === 0) throw new Error('No task was noted')
    return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0)
  }
}
