/** RTP header extensions (RFC 8285) as a description of a session numbers them. */

/**
 * The same description, in which a number means one extension in all that is bundled (RFC 9143, section 9.2): a line that gives
 * it to another one than the first that has it is left out. The extension is then not used there; media work without any.
 */
export function withoutCollisions(sdp: string): string {
  const meanings: Record<string, string> = {}
  return sdp.replace(/a=extmap:(\d+)\S* (\S+).*\r\n/g, (line, number: string, uri: string) =>
    (meanings[number] ??= uri) === uri ? line : '',
  )
}
