/** Full-text search over this device's documents, as the list of documents asks for it. */
import type { Entry } from '#storage/library'
import type { Excerpt } from './search-work.ts'
import type { Answer, Question } from './search.worker.ts'

/** What is known at one moment. */
export interface SearchState {
  query: string
  /** Where that was found, by database; null while nothing is looked for. */
  hits: ReadonlyMap<string, Excerpt> | null
  /** Documents whose words cannot be found yet. */
  missing: number
}

/** How often is looked again while documents are being read, ms. */
const PACE = 500

export class Search {
  readonly #worker = new Worker(new URL('./search.worker.ts', import.meta.url), { type: 'module' })
  #state: SearchState = { query: '', hits: null, missing: 0 }
  readonly #changed: (state: SearchState) => void
  #query = ''
  #askedAt = 0

  /** `changed` is told every new state. */
  constructor(changed: (state: SearchState) => void) {
    this.#changed = changed
    this.#worker.onerror = (event) => console.warn('Searching failed:', event.message)
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.kind === 'read') {
        this.#set({ missing: data.missing })
        if (data.missing === 0 || performance.now() - this.#askedAt > PACE) this.#ask()
      } else if (data.query === this.#query) {
        this.#set({ query: data.query, hits: data.hits })
      }
    }
  }

  /** What documents there are now. */
  list(entries: readonly Entry[]): void {
    this.#tell({ kind: 'list', documents: entries.map(({ database, edited }) => ({ database, edited })) })
    this.#ask()
  }

  /** Looks for all words of a query; '' for nothing. The former answer stays until there is another. */
  find(query: string): void {
    this.#query = query.trim()
    if (this.#query === '') this.#set({ query: '', hits: null })
    this.#ask()
  }

  stop(): void {
    this.#worker.terminate()
  }

  #ask(): void {
    if (this.#query === '') return
    this.#askedAt = performance.now()
    this.#tell({ kind: 'find', query: this.#query })
  }

  #tell(question: Question): void {
    this.#worker.postMessage(question)
  }

  #set(change: Partial<SearchState>): void {
    this.#state = { ...this.#state, ...change }
    this.#changed(this.#state)
  }
}
