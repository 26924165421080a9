/** What a person chose on this device, in localStorage; in memory where the browser forbids that. */
import { fieldsIn } from '#doc/untrusted'
import { cleanName, PERSON_COLORS } from '#doc/person'

export interface Settings {
  /** The person's own name; '' until they gave one. */
  name: string
  /** They were asked for it, or have said it by themselves. */
  named: boolean
  /** Index into the people colours; null until one was picked. */
  color: number | null
  theme: 'system' | 'light' | 'dark'
  /** What the list of documents goes by. */
  order: 'opened' | 'edited' | 'title'
  /** null follows the browser. */
  language: 'en' | 'ko' | null
}

const KEY = 'inkmesh-settings'

/** What localStorage would not take. */
let remembered: string | null = null

/** The settings as they are now. Total on whatever is stored. */
export const readSettings = (): Settings => parseSettings(read())

/** Changes some settings and returns all. They are kept for the page when the browser cannot store them. */
export function changeSettings(patch: Partial<Settings>): Settings {
  const settings = { ...readSettings(), ...patch }
  remembered = JSON.stringify(settings)
  try {
    localStorage.setItem(KEY, remembered)
    remembered = null
  } catch (error) {
    console.info('Settings last as long as this page:', error)
  }
  return settings
}

/** Calls back when another tab changed the settings; returns how to stop. */
export function observeSettings(listener: (settings: Settings) => void): () => void {
  const onStorage = (event: StorageEvent): void => {
    if (event.key === KEY || event.key === null) listener(readSettings())
  }
  window.addEventListener('storage', onStorage)
  return () => window.removeEventListener('storage', onStorage)
}

function read(): string | null {
  try {
    return remembered ?? localStorage.getItem(KEY)
  } catch {
    return null
  }
}

/** Settings from their stored form. Total on any string. */
export function parseSettings(text: string | null): Settings {
  const { name, named, color, theme, order, language } = fieldsIn(text)
  return {
    name: cleanName(name),
    named: named === true,
    color: typeof color === 'number' && Number.isInteger(color) && color >= 0 && color < PERSON_COLORS ? color : null,
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    order: order === 'edited' || order === 'title' ? order : 'opened',
    language: language === 'en' || language === 'ko' ? language : null,
  }
}
