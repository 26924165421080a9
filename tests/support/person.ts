/** A person in a browser context of their own, as separate from others as people on separate devices. */
import { readFile } from 'node:fs/promises'
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  CDPSession,
  FileChooser,
  Locator,
  Page,
} from '@playwright/test'
import { installProbe, readTraffic, silenceTabs, type Traffic } from './probe.ts'

/** How long something on the network may take before a test gives up on it. */
export const NETWORK_PATIENCE = 20_000

export interface PersonOptions extends BrowserContextOptions {
  /** What others see; a name the app makes up when absent. */
  name?: string
  /** Tabs of this browser hear each other, as they do outside tests. */
  tabsTalk?: boolean
  /** Things to run in the page before the app, besides the probe. */
  before?: (() => void)[]
}

/** One person: a browser context of their own and one page in it. */
export class Person {
  readonly context: BrowserContext
  readonly page: Page
  /** Uncaught exceptions in the page. */
  readonly errors: string[] = []
  /** Everything the page wrote to its console as an error. */
  readonly complaints: string[] = []
  readonly #site: { url: string }
  readonly #cdp: CDPSession | null

  private constructor(site: { url: string }, context: BrowserContext, page: Page, cdp: CDPSession | null) {
    this.#site = site
    this.context = context
    this.page = page
    this.#cdp = cdp
    page.on('pageerror', (error) => this.errors.push(error.stack ?? error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
  }

  static async arrive(browser: Browser, site: { url: string }, options: PersonOptions = {}): Promise<Person> {
    const { name, tabsTalk = false, before = [], ...contextOptions } = options
    const context = await browser.newContext(contextOptions)
    for (const script of [installProbe, ...(tabsTalk ? [] : [silenceTabs]), ...before])
      await context.addInitScript(script)
    if (name !== undefined) await context.addInitScript(introduce, name)
    return Person.openPage(context, site)
  }

  /** Another tab of the same browser. */
  static async openPage(context: BrowserContext, site: { url: string }): Promise<Person> {
    const page = await context.newPage()
    const isChromium = context.browser()?.browserType().name() === 'chromium'
    const cdp = isChromium ? await context.newCDPSession(page) : null
    const person = new Person(site, context, page, cdp)
    if (cdp === null) return person
    await cdp.send('Network.enable')
    // Emulation reaches only connections made after it was switched on.
    await person.heal()
    return person
  }

  openTab(): Promise<Person> {
    return Person.openPage(this.context, this.#site)
  }

  /** Chrome DevTools Protocol session of the page. Throws in another browser. */
  get cdp(): CDPSession {
    if (this.#cdp === null) throw new Error('This is no Chromium')
    return this.#cdp
  }

  /** The document's body, in whatever language the app speaks. */
  get body(): Locator {
    return this.page.locator('[role=textbox][aria-multiline=true]')
  }

  get title(): Locator {
    return this.page.getByRole('textbox', { name: 'Title' })
  }

  get status(): Locator {
    return this.page.getByRole('status')
  }

  async goHome(): Promise<void> {
    await this.page.goto(`${this.#site.url}/?debug`)
  }

  /** Chooses files, as paths or as what is in them, by the button on the home page. */
  async chooseFiles(files: Parameters<FileChooser['setFiles']>[0]): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser')
    await this.page.getByRole('button', { name: /^(?:Import files|파일 가져오기)$/u }).click()
    await (await chooser).setFiles(files)
  }

  /** Imports a Markdown file by the button on the home page; gives the link of the document it became. */
  async importMarkdown(name: string, text: string): Promise<string> {
    await this.goHome()
    await this.chooseFiles({ name, mimeType: 'text/markdown', buffer: Buffer.from(text) })
    // What is long is stored first, and opened when one asks for that.
    const open = this.page.locator('.toasts').getByRole('button', { name: 'Open', exact: true })
    const isLong = text.length > 900_000
    if (isLong) await open.click({ timeout: 60_000 })
    await this.page.waitForURL(/#edit=/u, { timeout: 60_000 })
    await this.ready()
    return this.page.url()
  }

  /** The document as the Markdown file one would download. */
  async exportMarkdown(): Promise<string> {
    const download = this.page.waitForEvent('download')
    await this.page.getByRole('button', { name: 'More' }).click()
    await this.page.getByRole('menuitem', { name: 'Download Markdown' }).click()
    return readFile(await (await download).path(), 'utf8')
  }

  /** Waits until everything written so far is on this device. */
  saved(timeout = 60_000): Promise<void> {
    return this.until(() => window.inkmesh?.session.save.kind === 'saved', undefined, timeout)
  }

  /** Names in the list of people. */
  get others(): Locator {
    return this.page.getByRole('list', { name: 'People' })
  }

  /** Makes a document by the button on the home page; gives its link. */
  async startDocument(): Promise<string> {
    await this.goHome()
    await this.page.getByRole('button', { name: /^(?:New document|새 문서)$/u }).click()
    await this.ready()
    return this.page.url()
  }

  /** Opens a link and waits until one can write. */
  async open(link: string): Promise<void> {
    await this.page.goto(link)
    await this.ready()
  }

  /** Loads the page again, as the reload button does. */
  async reload(): Promise<void> {
    await this.page.reload()
    await this.ready()
  }

  async ready(): Promise<void> {
    await this.body.waitFor({ timeout: NETWORK_PATIENCE })
    await this.until(() => window.inkmesh?.editor?.view.dom.isConnected === true && window.inkmesh.room !== null)
  }

  /** Types at the caret, or at the end of the document when the body is not focused. */
  async type(text: string): Promise<void> {
    if (!(await this.body.evaluate((body) => body.contains(document.activeElement)))) await this.caretToEnd()
    await this.page.keyboard.type(text)
  }

  /**
   * Enters text where the caret is in one act, as dictation does. What is typed key by key is one step of undo only
   * when no key is late, which a busy machine cannot promise.
   */
  enter(text: string): Promise<void> {
    return this.page.keyboard.insertText(text)
  }

  async caretToEnd(): Promise<void> {
    await this.body.focus()
    await this.page.keyboard.press('Control+End')
    await this.selectionRead()
  }

  /** Puts the caret at an offset into the n-th block's text. */
  placeCaret(block: number, offset: number): Promise<void> {
    return this.select([block, offset], [block, offset])
  }

  /** Selects from one place to another, each given by a block and an offset into its text. */
  async select(from: readonly [number, number], to: readonly [number, number]): Promise<void> {
    await this.body.focus()
    await this.page.evaluate(
      (places) => {
        const view = window.inkmesh?.editor?.view
        if (!view) throw new Error('No editor')
        const [anchor, head] = places.map(([index, offset]) => {
          let start = 0
          for (let i = 0; i < index; i++) start += view.state.doc.child(i).nodeSize
          return view.domAtPos(start + 1 + offset)
        })
        if (!anchor || !head) throw new Error('No place')
        getSelection()?.setBaseAndExtent(anchor.node, anchor.offset, head.node, head.offset)
      },
      [from, to],
    )
    await this.selectionRead()
  }

  /** ProseMirror learns of a selection made in the DOM a moment later; keys that a script presses can be quicker. */
  private selectionRead(): Promise<void> {
    return this.until(() => {
      const view = window.inkmesh?.editor?.view
      const { anchorNode, anchorOffset, focusNode, focusOffset } = getSelection() ?? {}
      if (!view || !anchorNode || !focusNode) return false
      const { anchor, head } = view.state.selection
      return (
        view.posAtDOM(anchorNode, anchorOffset ?? 0) === anchor && view.posAtDOM(focusNode, focusOffset ?? 0) === head
      )
    })
  }

  /** Makes the block at the caret something else by its button in the toolbar. */
  async choose(kind: string): Promise<void> {
    const button = (name: string): Locator => this.page.getByRole('button', { name, exact: true })
    // On a phone the kinds of block are behind a button.
    if ((this.page.viewportSize()?.width ?? Infinity) < 768) await button('Blocks').click()
    await button(kind).click()
  }

  /** Waits until the app can start without network. */
  async offlineReady(): Promise<void> {
    await this.page.evaluate(async () => {
      await navigator.serviceWorker.ready
    })
    await this.until(async () => (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated')
  }

  /** Flags at the cursors of others, over the text; each has its name in `data-name`. */
  get cursors(): Locator {
    return this.page.locator('.remote-caret-name')
  }

  /** The text as the editor holds it, one line a block. */
  text(): Promise<string> {
    return this.page.evaluate(() => {
      const doc = window.inkmesh?.editor?.view.state.doc
      return doc ? doc.textBetween(0, doc.content.size, '\n', '\n') : ''
    })
  }

  /** The document as the CRDT holds it. */
  stored(): Promise<string> {
    return this.page.evaluate(() => {
      const doc = window.inkmesh?.doc
      if (doc === undefined) return ''
      const blocks = Object.entries(doc.getMap('blocks').toJSON()).sort(([a], [b]) => (a < b ? -1 : 1))
      let flow = ''
      for (let item = doc.getText('flow')._start; item !== null; item = item.right) {
        if (item.deleted) continue
        const { content } = item
        flow += 'str' in content ? String(content.str) : JSON.stringify(content)
      }
      return JSON.stringify([flow, blocks, doc.getArray('spans').toJSON()])
    })
  }

  async traffic(): Promise<Traffic> {
    return this.page.evaluate(readTraffic)
  }

  /** Waits for a condition inside the page. Polls: animation frames stall in pages that are not in front. */
  async until<T>(condition: (argument: T) => unknown, argument?: T, timeout = NETWORK_PATIENCE): Promise<void> {
    await this.page.waitForFunction(condition as (argument: unknown) => unknown, argument, { polling: 50, timeout })
  }

  /** Waits until this person has working links with so many others. */
  async meets(others: number, timeout = NETWORK_PATIENCE): Promise<void> {
    await this.until(
      (count) => window.inkmesh?.room?.status.links.filter((link) => link.state === 'open').length === count,
      others,
      timeout,
    )
  }

  async sees(text: string, timeout = NETWORK_PATIENCE): Promise<void> {
    await this.body.filter({ hasText: text }).waitFor({ timeout })
  }

  /** The links that the share dialog shows. */
  async links(): Promise<{ edit: string; view: string }> {
    await this.page.getByRole('button', { name: 'Share' }).click()
    const dialog = this.page.getByRole('dialog', { name: 'Share' })
    const [edit, view] = await Promise.all(
      ['Edit link', 'View link'].map((name) => dialog.getByRole('textbox', { name }).inputValue()),
    )
    await this.page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    return { edit: edit ?? '', view: view ?? '' }
  }

  /** Bytes on the script heap after a garbage collection. */
  async heap(): Promise<number> {
    await this.cdp.send('HeapProfiler.collectGarbage')
    const { usedSize } = await this.cdp.send('Runtime.getHeapUsage')
    return usedSize
  }

  /** Kills the page's process. */
  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash')
    // The answer to this command died with the page.
    await Promise.race([crashed, this.cdp.send('Page.crash').catch(() => undefined)])
    await crashed
  }

  /** Drops every packet of this person's WebRTC connections, without a word to either side. */
  cut(): Promise<void> {
    return this.#emulate({ packetLoss: 100 })
  }

  heal(): Promise<void> {
    return this.#emulate({})
  }

  /** No network at all: no signaling, no peers, and the browser says so. */
  unplug(): Promise<void> {
    return this.#emulate({ offline: true, packetLoss: 100 })
  }

  async #emulate(conditions: { offline?: boolean; packetLoss?: number; latency?: number }): Promise<void> {
    await this.cdp.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 1,
      downloadThroughput: -1,
      uploadThroughput: -1,
      ...conditions,
    })
  }

  /** What the page knows, as JSON: for whoever has to find out why a test failed. */
  async testimony(): Promise<string> {
    const page = this.page.isClosed()
      ? null
      : await this.page
          .evaluate(() => {
            const { session, room, editor } = window.inkmesh ?? {}
            return {
              text: editor?.view.state.doc.textContent.slice(0, 2000),
              status: room?.status,
              diagnostics: room?.diagnostics(),
              save: session?.save,
              focus: [document.hasFocus(), document.visibilityState, document.activeElement?.ariaLabel],
              awareness:
                session &&
                [...session.awareness.meta].map(([id, meta]) => ({
                  id,
                  ...meta,
                  state: session.awareness.getStates().get(id),
                })),
              self: session?.awareness.clientID,
            }
          })
          .catch((error: unknown) => String(error))
    return JSON.stringify({ page, errors: this.errors, complaints: this.complaints }, null, 2)
  }

  /** Uncaught errors and Content-Security-Policy violations; a healthy page has none. */
  async troubles(): Promise<string[]> {
    if (this.page.isClosed()) return this.errors
    const violations = await this.page.evaluate(() => window.probe.violations).catch(() => [])
    return [...this.errors, ...violations]
  }
}

/** Gives the person a name, unless they have one already. Runs inside the page. */
function introduce(name: string): void {
  if (origin === 'null' || localStorage.getItem('inkmesh-settings') !== null) return
  localStorage.setItem('inkmesh-settings', JSON.stringify({ name, color: name.length }))
}
