/** A text of at most so many characters, the last of them an ellipsis where there was more. */
export function shorten(text: string, most: number): string {
  const characters = [...text]
  return characters.length <= most
    ? text
    : `${characters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`
}
