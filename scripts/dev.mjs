/** `npm run dev`: the relay and Vite's development server, which passes signaling on to the relay. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { hostProcess, installPackages, root } from './project.mjs'

await installPackages()
const relay = spawn(process.execPath, ['--import', 'tsx', 'signaling/main.ts'], { cwd: root, stdio: 'inherit' })
process.on('exit', () => relay.kill())
hostProcess(join(root, 'node_modules', '.bin', 'vite'), process.argv.slice(2))
