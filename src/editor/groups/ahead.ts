/** When what stands in groups is drawn: before it comes on the screen, and otherwise when there is nothing else to do. */

/** How long a slice of work may take, ms. */
const SLICE = 6

interface AheadOptions {
  /** An element that was waited for has come near the screen. */
  come: (element: Element) => void
  /** Works until a moment of `performance.now()`. Returns whether there is more to do. */
  work: (end: number) => boolean
}

export class Ahead {
  readonly #near: IntersectionObserver
  readonly #work: AheadOptions['work']
  #idle: number | null = null

  constructor({ come, work }: AheadOptions) {
    this.#near = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) if (isIntersecting) come(target)
      },
      { rootMargin: '100% 0px' },
    )
    this.#work = work
  }

  /** Waits until an element comes near the screen. */
  await(element: Element): void {
    this.#near.observe(element)
  }

  /** An element is waited for no more. */
  forget(element: Element): void {
    this.#near.unobserve(element)
  }

  forgetAll(): void {
    this.#near.disconnect()
  }

  /** Works as soon as there is nothing else to do, a slice at a time. */
  workLater(): void {
    this.#idle ??= whenIdle(() => {
      this.#idle = null
      if (this.#work(performance.now() + SLICE)) this.workLater()
    })
  }

  stop(): void {
    this.forgetAll()
    if (this.#idle !== null) cancelIdle(this.#idle)
    this.#idle = null
  }
}

const whenIdle: (work: () => void) => number =
  'requestIdleCallback' in globalThis ? (work) => requestIdleCallback(work) : (work) => Number(setTimeout(work, 50))
const cancelIdle: (handle: number) => void = 'cancelIdleCallback' in globalThis ? cancelIdleCallback : clearTimeout
