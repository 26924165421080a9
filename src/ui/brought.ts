/** Files that are dropped or pasted anywhere. Heard from the page's first moment on: what is done with them is loaded later. */

/** Folders have an entry, and no file that can be read. `entries` and `files` are in the same order. */
export interface Brought {
  files: readonly File[]
  entries: readonly (FileSystemEntry | null)[]
}

type Taker = (brought: Brought) => void

let taker: Taker | null = null
const held: Brought[] = []

/** Hands over whatever is brought from now on, and what nobody has taken yet. Returns how to stop. */
export function takeBrought(take: Taker): () => void {
  taker = take
  for (const brought of held.splice(0)) take(brought)
  return () => {
    if (taker === take) taker = null
  }
}

/** Left to itself the browser would leave the page for a file. */
addEventListener('dragover', (event) => {
  if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault()
})
addEventListener('drop', (event) => bring(event, event.dataTransfer))
addEventListener('paste', (event) => {
  // What comes with text is that text: a spreadsheet's cells bring a picture of themselves.
  if (event.clipboardData?.types.some((type) => type.startsWith('text/')) === false) bring(event, event.clipboardData)
})

function bring(event: Event, data: DataTransfer | null): void {
  if (data === null || data.files.length === 0) return
  event.preventDefault()
  // Both are there only while the event lasts.
  const entries = [...data.items].filter(({ kind }) => kind === 'file').map((item) => item.webkitGetAsEntry())
  const brought = { files: [...data.files], entries }
  if (taker === null) held.push(brought)
  else taker(brought)
}
