import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** Builds the pages that Inkmesh is compared with. */
export default async function buildComparisons(): Promise<void> {
  await build({ configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)), logLevel: 'warn' })
}
