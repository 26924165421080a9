/** What a person chose for calls on this device, in localStorage; for the page where the browser forbids that. */
import { fieldsIn } from '#doc/untrusted'

/** Where the strip of a call stands on the screen. */
export const CORNERS = ['bottom-right', 'bottom-left', 'top-left', 'top-right'] as const

export type Corner = (typeof CORNERS)[number]

export interface CallChoices {
  /** Ids that the browser gave to devices, for this site; null: its own choice. */
  microphone: string | null
  camera: string | null
  speaker: string | null
  /** One comes without a voice. */
  joinsMuted: boolean
  /** One has seen what one looks and sounds like before. */
  hasJoined: boolean
  corner: Corner
}

const KEY = 'inkmesh-call'

/** Longer than any id of a device. */
const MAX_ID = 512

/** What localStorage would not take. */
let remembered: string | null = null

/** What was chosen. Total on whatever is stored. */
export function readCallChoices(): CallChoices {
  try {
    return parseCallChoices(remembered ?? localStorage.getItem(KEY))
  } catch (error) {
    console.info('No choices for calls are stored:', error)
    return parseCallChoices(null)
  }
}

/** Changes some choices and returns all. */
export function changeCallChoices(patch: Partial<CallChoices>): CallChoices {
  const choices = { ...readCallChoices(), ...patch }
  remembered = JSON.stringify(choices)
  try {
    localStorage.setItem(KEY, remembered)
    remembered = null
  } catch (error) {
    console.info('Choices for calls last as long as this page:', error)
  }
  return choices
}

/** Choices from their stored form. Total on any string. */
export function parseCallChoices(text: string | null): CallChoices {
  const { microphone, camera, speaker, joinsMuted, hasJoined, corner } = fieldsIn(text)
  const id = (value: unknown): string | null => (typeof value === 'string' && value.length <= MAX_ID ? value : null)
  return {
    microphone: id(microphone),
    camera: id(camera),
    speaker: id(speaker),
    joinsMuted: joinsMuted === true,
    hasJoined: hasJoined === true,
    corner: CORNERS.find((one) => one === corner) ?? 'bottom-right',
  }
}
