/** Builds `src/doc/client-clocks.ts` into Yjs: see there, and the caveats in ARCHITECTURE.md. */
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const CLOCKS = fileURLToPath(new URL('../src/doc/client-clocks.ts', import.meta.url))

/** Who else must come through the build where packages are otherwise left to Node, so that there is one Yjs. */
export const yjsPackages = ['yjs', 'y-indexeddb', 'y-prosemirror', 'y-protocols', 'y-webrtc']

/** What stands once in Yjs, and what stands there instead. */
const replacements: readonly (readonly [found: string, instead: string])[] = [
  // The clocks are kept where the structs are: they only ever grow, and only here.
  [
    `
     * @type {Map<number,Array<GC|Item>>}
     */
    this.clients = new Map();`,
    `
     * @type {Map<number,Array<GC|Item>>}
     */
    this.clients = new Map();
    this.clocks = new ClientClocks();`,
  ],
  [
    `
  structs.push(struct);
};`,
    `
  structs.push(struct);
  store.clocks.set(struct.id.client, struct.id.clock + struct.length);
};`,
  ],
  // A transaction looks at them before and after.
  ['this.beforeState = getStateVector(doc.store);', 'this.beforeState = doc.store.clocks.view();'],
  [
    'transaction.afterState = getStateVector(transaction.doc.store);',
    'transaction.afterState = transaction.doc.store.clocks.view();',
  ],
  // Was anything added? What was added is merged, remembered for undo, and looked through for formats.
  [
    'map.any(transaction.afterState, (clock, client) => transaction.beforeState.get(client) !== clock)',
    'map.any(changedClocks(transaction), (clock, client) => transaction.beforeState.get(client) !== clock)',
  ],
  [
    `
      transaction.afterState.forEach((clock, client) => {
        const beforeClock = transaction.beforeState.get(client) || 0;`,
    `
      changedClocks(transaction).forEach((clock, client) => {
        const beforeClock = transaction.beforeState.get(client) || 0;`,
  ],
  [
    'transaction.afterState.forEach((endClock, client) => {',
    'changedClocks(transaction).forEach((endClock, client) => {',
  ],
  [
    'for (const [client, afterClock] of transaction.afterState.entries()) {',
    'for (const [client, afterClock] of changedClocks(transaction).entries()) {',
  ],
  // An update holds all that was added since, by later transactions too. Any other state vector is walked as before.
  [
    `
  const sm = new Map();
  _sm.forEach((clock, client) => {
    // only write if new structs are available
    if (getState(store, client) > clock) {
      sm.set(client, clock);
    }
  });
  getStateVector(store).forEach((_clock, client) => {
    if (!_sm.has(client)) {
      sm.set(client, 0);
    }
  });`,
    `
  const sm = new Map();
  const changed = changedSince(_sm, store.clocks) ?? getStateVector(store);
  changed.forEach((now, client) => {
    const clock = _sm.get(client);
    if (clock === undefined) {
      sm.set(client, 0);
    } else if (now > clock) {
      sm.set(client, clock);
    }
  });`,
  ],
]

/** Yjs's source with the clocks built in. Throws when it is another Yjs than the one that was read. */
export function patchYjs(code: string): string {
  let patched = code
  for (const [found, instead] of replacements) {
    const parts = patched.split(found)
    if (parts.length !== 2) throw new Error(`In this yjs, ${parts.length - 1} places instead of one read: ${found}`)
    patched = parts.join(instead)
  }
  return `import { ClientClocks, changedClocks, changedSince } from ${JSON.stringify(CLOCKS)};\n${patched}`
}

/** Lets a Yjs transaction cost what it touches, not what has ever written in the document. */
export const touchedClients: Plugin = {
  name: 'yjs: touched clients',
  enforce: 'pre',
  transform: {
    filter: { id: /\/node_modules\/yjs\// },
    handler(code, id) {
      if (!/\/node_modules\/yjs\/dist\/yjs\.mjs(\?|$)/u.test(id))
        throw new Error(`${id} is not the yjs that is known here`)
      return { code: patchYjs(code), map: null }
    },
  },
}
