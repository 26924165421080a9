/** Figures in Prometheus' text format, version 0.0.4. No topics or addresses are among them. */
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks'

/** What a scraper takes them for. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** One figure, or one for each value of a label. */
export interface Metric {
  name: string
  type: 'counter' | 'gauge'
  help: string
  value: number | { label: string; values: Readonly<Record<string, number>> }
}

/** Names, help and values of labels must need no escaping: they are all our own words. */
export function writeMetrics(metrics: readonly Metric[]): string {
  return metrics
    .flatMap(({ name, type, help, value }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...(typeof value === 'number'
        ? [`${name} ${value}`]
        : Object.entries(value.values).map(([of, figure]) => `${name}{${value.label}="${of}"} ${figure}`)),
    ])
    .join('\n')
}

const NANOSECONDS = 1e9

/** What the process itself takes, under the names that Prometheus' own client libraries give it. */
export class ProcessMetrics {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 20 })

  constructor() {
    this.#delay.enable()
  }

  /** The delay of the event loop is that since the last reading. */
  read(): Metric[] {
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    const delay = this.#delay
    const seconds = (nanoseconds: number): number => (Number.isFinite(nanoseconds) ? nanoseconds / NANOSECONDS : 0)
    const values = { mean: seconds(delay.mean), p99: seconds(delay.percentile(99)), max: seconds(delay.max) }
    if (delay.count === 0) Object.assign(values, { mean: 0, p99: 0, max: 0 })
    delay.reset()
    const gauge = (name: string, help: string, value: Metric['value']): Metric => ({ name, type: 'gauge', help, value })
    return [
      {
        name: 'process_cpu_seconds_total',
        type: 'counter',
        help: 'CPU time taken, user and system.',
        value: (user + system) / 1e6,
      },
      gauge('process_start_time_seconds', 'When the process started, since the epoch.', performance.timeOrigin / 1000),
      gauge('process_resident_memory_bytes', 'Memory held.', rss),
      gauge('nodejs_heap_size_total_bytes', 'Heap held.', heapTotal),
      gauge('nodejs_heap_size_used_bytes', 'Heap used.', heapUsed),
      gauge('nodejs_external_memory_bytes', 'Memory of objects outside the heap.', external),
      gauge('nodejs_eventloop_delay_seconds', 'How late the event loop was since this was last read.', {
        label: 'of',
        values,
      }),
    ]
  }

  close(): void {
    this.#delay.disable()
  }
}
