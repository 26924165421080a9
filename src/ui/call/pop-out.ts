/**
 * A call over the windows of other programs: all of it in a window of its own (WICG Document Picture-in-Picture), or, where a browser
 * has only that, the face of whoever speaks (W3C Picture-in-Picture).
 */
import { mount, unmount } from 'svelte'
import type { Person } from '#doc/person'
import type { Huddle } from './huddle.svelte.ts'
import Popped from './Popped.svelte'

interface DocumentPictureInPicture {
  requestWindow: (options: { width: number; height: number }) => Promise<Window>
}

const WINDOW = { width: 380, height: 320 }

/** How tall a face is there, CSS pixels. */
export const POPPED_TILE = 130

/** How often it is looked who speaks, ms. */
const PACE = 500

const windows = (): DocumentPictureInPicture | null =>
  (window as { documentPictureInPicture?: DocumentPictureInPicture }).documentPictureInPicture ?? null

export const canPopOut = (): boolean => windows() !== null || document.pictureInPictureEnabled

/** Opens it; to be called in a click. Returns how to close it; `onClosed` is called once, however it was closed. Rejects where the browser does not let it. */
export async function popOut(
  huddle: Huddle,
  personOf: (client: number) => Person,
  onClosed: () => void,
): Promise<() => void> {
  const own = windows()
  if (own === null) return popFace(huddle, onClosed)
  const pip = await own.requestWindow(WINDOW)
  dress(pip.document)
  const popped = mount(Popped, { target: pip.document.body, props: { huddle, personOf, height: POPPED_TILE } })
  let isOpen = true
  const end = (): void => {
    if (!isOpen) return
    isOpen = false
    onClosed()
    void unmount(popped)
  }
  pip.addEventListener('pagehide', end)
  // Not when the browser has come to closing it: the faces are wanted here at once.
  return () => {
    end()
    pip.close()
  }
}

/** Gives a new document the looks of this one. */
function dress({ head, documentElement }: Document): void {
  for (const { name, value } of document.documentElement.attributes) documentElement.setAttribute(name, value)
  for (const sheet of document.head.querySelectorAll('link[rel="stylesheet"], style'))
    head.append(sheet.cloneNode(true))
}

/** The face of whoever speaks, or spoke last. */
async function popFace(huddle: Huddle, onClosed: () => void): Promise<() => void> {
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  let shown: MediaStreamTrack | null = null
  const look = (): void => {
    const cameras = huddle.call.members.filter(({ tracks }) => tracks.has('camera'))
    const next =
      cameras.find(({ isSpeaking }) => isSpeaking) ?? cameras.find(({ tracks }) => tracks.get('camera') === shown)
    const track = next?.tracks.get('camera') ?? cameras[0]?.tracks.get('camera') ?? huddle.camera.track
    if (track === shown || track === null) return
    shown = track
    video.srcObject = new MediaStream([track])
  }
  look()
  await video.play()
  await video.requestPictureInPicture()
  const timer = setInterval(look, PACE)
  video.addEventListener('leavepictureinpicture', () => {
    clearInterval(timer)
    video.srcObject = null
    onClosed()
  })
  return () => void document.exitPictureInPicture().catch((error: unknown) => console.info('Closed already:', error))
}
