/** `npm run keep -- EDIT-LINK …`: installs and builds what is missing, then keeps documents. `--help` says what else it takes. */
import { buildKeeperIfStale, hostProcess, installPackages } from './project.mjs'

await installPackages()
await buildKeeperIfStale()
hostProcess(process.execPath, ['dist/keeper/main.js', ...process.argv.slice(2)])
