/** The one library of this page. */
import { openLibrary } from '#storage/library'

export const library = openLibrary()
