/** Foreign HTML on the clipboard, read by what is loaded when the editor stands. */
import { DOMParser, type Node, type Slice } from 'prosemirror-model'
import { editorParser } from '#convert/editor-html'
import { schema } from '#doc/schema'

type Html = typeof import('#convert/html')

/** Until it is loaded, or when it cannot be (offline, and never loaded before), the editor's own HTML has to do. */
export class ForeignHtml {
  readonly parser: DOMParser = new ForeignParser(() => this.#html)
  #html: Html | null = null
  #loading: Promise<void> | null = null
  #isSettled = false

  /** Whether waiting for it is of no more use. */
  get isSettled(): boolean {
    return this.#isSettled
  }

  /** Resolves when it is loaded or cannot be. */
  load(): Promise<void> {
    this.#loading ??= import('#convert/html')
      .then((html) => {
        this.#html = html
      })
      .catch((error: unknown) => console.warn('What reads HTML did not load:', error))
      .finally(() => {
        this.#isSettled = true
      })
    return this.#loading
  }

  /** The same HTML, but parsing it makes no report to the page's Content-Security-Policy. */
  quiet(html: string): string {
    return this.#html?.quietHtml(html) ?? html
  }
}

class ForeignParser extends DOMParser {
  readonly #html: () => Html | null

  constructor(html: () => Html | null) {
    super(schema, editorParser.rules)
    this.#html = html
  }

  override parse(...args: Parameters<DOMParser['parse']>): Node {
    return (this.#html()?.clipboardParser ?? editorParser).parse(...args)
  }

  override parseSlice(...args: Parameters<DOMParser['parseSlice']>): Slice {
    return (this.#html()?.clipboardParser ?? editorParser).parseSlice(...args)
  }
}

/** The same event once more, with a copy of its data: the browser's own lives no longer than the event. */
export function repeated(event: ClipboardEvent): ClipboardEvent {
  const clipboardData = new DataTransfer()
  const { clipboardData: data } = event
  for (const type of data?.types ?? []) clipboardData.setData(type, data?.getData(type) ?? '')
  return new ClipboardEvent(event.type, { clipboardData, bubbles: true, cancelable: true })
}
