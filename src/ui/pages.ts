/** The pages, each loaded when it is wanted. The one that the address asks for is on its way before anything else runs. */
import { furnished } from './preferences.svelte.ts'

export const homePage = () => furnished(import('./Home.svelte'))
export const documentPage = () => import('./DocumentPage.svelte')
export const noticePage = () => furnished(import('./Notice.svelte'))

// A failure is told where the page is used.
void (location.hash === '' ? homePage() : Promise.all([documentPage(), import('#net/room')])).catch(() => undefined)
