/** A recording as a person has it: everyone sees that it comes, it runs, and it ends as a file on this device. */
import { download } from '../document-files.ts'
import { toasts } from '../toasts.svelte.ts'
import { Recorder, type Scene } from './recorder.ts'
import { callWords } from './words.svelte.ts'

/** So long everyone sees the mark before anything is kept, ms. */
const NOTICE = 3000

export interface RecordingOptions {
  /** Tells everyone that it comes and runs, or that it has ended. */
  say: (records: boolean) => void
  scene: () => Scene
  /** What the file is called, without an ending. */
  name: () => string
}

export class Recording {
  step: 'off' | 'coming' | 'on' = $state('off')
  readonly #options: RecordingOptions
  #timer: ReturnType<typeof setTimeout> | null = null
  #recorder: Recorder | null = null

  constructor(options: RecordingOptions) {
    this.#options = options
  }

  start(): void {
    if (this.step !== 'off') return
    this.step = 'coming'
    this.#options.say(true)
    // A page that is closed takes it along.
    addEventListener('beforeunload', this.#ask)
    this.#timer = setTimeout(() => {
      try {
        this.#recorder = new Recorder(this.#options.scene)
        this.step = 'on'
      } catch (error) {
        console.error(error)
        void this.stop()
        toasts.show(callWords.now.recording.failed)
      }
    }, NOTICE)
  }

  /** Ends it, and saves what there is. */
  async stop(): Promise<void> {
    if (this.step === 'off') return
    if (this.#timer !== null) clearTimeout(this.#timer)
    const recorder = this.#recorder
    this.#timer = this.#recorder = null
    this.step = 'off'
    this.#options.say(false)
    removeEventListener('beforeunload', this.#ask)
    if (recorder === null) return
    const blob = await recorder.stop()
    download(blob, `${this.#options.name()}.${blob.type.includes('mp4') ? 'mp4' : 'webm'}`)
    toasts.show(callWords.now.recording.saved)
  }

  readonly #ask = (event: BeforeUnloadEvent): void => event.preventDefault()
}
