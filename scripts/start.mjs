/** `npm start`: installs and builds what is missing, then serves Inkmesh. PORT (4444) and HOST change where. */
import { buildIfStale, hostProcess, installPackages } from './project.mjs'

await installPackages()
await buildIfStale()
hostProcess(process.execPath, ['dist/relay/main.js'])
