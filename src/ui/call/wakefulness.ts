/** A screen that goes dark takes a call with it, on a phone (W3C Screen Wake Lock). */

/** Keeps the screen on from now on, where the browser can; returns how to stop. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null
  let isOver = false
  const hold = async (): Promise<void> => {
    if (!('wakeLock' in navigator) || (lock !== null && !lock.released)) return
    try {
      const held = await navigator.wakeLock.request('screen')
      if (isOver) await held.release()
      else lock = held
    } catch (error) {
      // A hidden page, or a battery that is nearly empty.
      console.info('The screen may go dark:', error)
    }
  }
  const onVisible = (): void => {
    if (document.visibilityState === 'visible') void hold()
  }
  void hold()
  document.addEventListener('visibilitychange', onVisible)
  return () => {
    isOver = true
    document.removeEventListener('visibilitychange', onVisible)
    lock?.release().catch((error: unknown) => console.info('The screen may stay awake:', error))
  }
}
