/** The npm package has no types of its own. */
declare module 'commonmark-spec' {
  interface Example {
    markdown: string
    html: string
    section: string
    number: number
  }
  const spec: { text: string; tests: Example[] }
  export default spec
}
