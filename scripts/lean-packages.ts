/**
 * Takes out of packages what no page of ours does: everybody who opens a link would have to load it before they can write. And
 * lets them take what was begun before they were there (`src/net/signaling/early.ts`).
 * Each edit is made to a version that was read: another one ends the build.
 */
import { parseSync } from 'rolldown/utils'
import type { Plugin } from 'vite'

interface Edits {
  /** What stands so many times (once, unless it says) in a file, and what stands there instead. */
  replaced?: readonly (readonly [found: string | RegExp, instead: string, times?: number])[]
  /** Methods of classes that nothing calls. */
  removed?: Readonly<Record<string, readonly string[]>>
}

const stored = ['toJSON', 'fromJSON']

const edits: Readonly<Record<string, Edits>> = {
  // Nothing is rendered on a server, so nothing has to be hydrated.
  'svelte/src/internal/client/dom/hydration.js': {
    replaced: [
      ['export let hydrating = false;', 'export const hydrating = false;'],
      ['hydrating = value;', ''],
    ],
  },
  // Attributes and properties are spread only in what is loaded later: it gets copies of these modules.
  'svelte/src/internal/client/index.js': {
    replaced: [
      ['\tattribute_effect,\n', ''],
      ['\tCLASS,\n\tSTYLE\n', ''],
      [
        "} from './dom/elements/attributes.js';",
        "} from './dom/elements/attributes.js';\nexport { attribute_effect, CLASS, STYLE } from './dom/elements/attributes.js?spread';",
      ],
      ['\trest_props,\n', ''],
      ['\tspread_props,\n', ''],
      [
        "} from './reactivity/props.js';",
        "} from './reactivity/props.js';\nexport { rest_props, spread_props } from './reactivity/props.js?spread';",
      ],
    ],
  },
  'svelte/src/internal/client/dom/elements/style.js': {
    replaced: [["'../../../shared/attributes.js'", "'../../../shared/attributes.js?style'"]],
  },
  // Updates are stored and sent in the first format. In the second one Yjs itself keeps, where nobody sees it, what waits
  // for something that is missing.
  'yjs/dist/yjs.mjs': {
    replaced: [
      [/(?<!class |extends |\| |export [^\n]*)\b(UpdateEncoder|UpdateDecoder|DSEncoder|DSDecoder)V2\b/gu, '$1V1', 39],
      // It is there once.
      [/^const glo = [^]*?^glo\[importIdentifier\] = true;$/gmu, ''],
      // There is no document within a document, and what we read is in one.
      [/^ {4}if \(doc\._item\) \{\n[^\n]*\n {4}\}$/gmu, ''],
      [/^ *(?:this|type|parent|root|t)\.doc \?\? warnPrematureAccess\(\);$/gmu, '', 17],
      [
        /^ {4}array\.from\(this\.subdocs\)[^\n]*\n {4}const item = this\._item;\n {4}if \(item !== null\) \{[^]*?^ {4}\}$/gmu,
        '',
      ],
      [/^ {6}const \{ subdocsAdded, subdocsLoaded, subdocsRemoved \} = transaction;\n[^]*?^ {6}\}$/gmu, ''],
      // Nothing is formatted, and where the preview's documents are, nothing is written.
      [/^ {8}fs\.push\(\(\) => \{\n {10}if \(transaction\._needFormattingCleanup\) [^]*?^ {8}\}\);$/gmu, ''],
      [/^ {2}if \(start\) \{\n {4}cleanupFormattingGap\([^\n]*\n {2}\}$/gmu, ''],
      [/^ {2}const startAttrs = [^\n]*\n {2}const start = currPos\.right;$/gmu, ''],
      [
        /^( {2})currPos\.currentAttributes\.forEach\([^]*?^ {2}\}\);\n( {2}const doc = transaction\.doc;\n {2}const ownClientId = doc\.clientID;\n) {2}minimizeAttributeChanges\([^\n]*\n[^\n]*\n( {2}\/\/ insert content)/gmu,
        '$2$3',
      ],
      [/^( {2}currPos\.forward\(\);\n) {2}insertNegatedAttributes\([^\n]*\n/gmu, '$1'],
      // What waits is in the first format already.
      ['i === 0 ? update : convertUpdateFormatV2ToV1(update)', 'update'],
    ],
    // Documents of the preview are read as they are, and made into others.
    removed: {
      AbstractType: ['clone', 'observeDeep', 'unobserveDeep'],
      Doc: ['load', 'getSubdocs', 'getSubdocGuids', 'getXmlElement', 'toJSON'],
      UndoManager: ['addTrackedOrigin', 'removeTrackedOrigin'],
      YArray: ['from', 'clone', 'unshift', 'slice'],
      YEvent: ['adds', 'deletes', 'keys', 'delta', 'changes'],
      YMap: ['clone', 'clear'],
      YText: [
        'clone',
        'applyDelta',
        'format',
        'toDelta',
        'insertEmbed',
        'getAttribute',
        'getAttributes',
        'removeAttribute',
        'setAttribute',
      ],
      YTextEvent: ['delta', 'changes'],
      YXmlElement: [
        'nextSibling',
        'prevSibling',
        'clone',
        'getAttributes',
        'hasAttribute',
        'removeAttribute',
        'toDOM',
        'toString',
      ],
      YXmlFragment: [
        'clone',
        'createTreeWalker',
        'insertAfter',
        'querySelector',
        'querySelectorAll',
        'slice',
        'toDOM',
        'toJSON',
        'toString',
        'unshift',
      ],
      YXmlHook: ['clone', 'toDOM'],
      YXmlText: ['nextSibling', 'prevSibling', 'clone', 'toDOM', 'toJSON', 'toString'],
    },
  },
  // Every browser that has WebRTC and Ed25519 has these.
  'lib0/decoding.js': {
    replaced: [['string.utf8TextDecoder ? _readVarStringNative : _readVarStringPolyfill', '_readVarStringNative']],
  },
  'lib0/encoding.js': {
    replaced: [
      [
        /\(string\.utf8TextEncoder && [^?]*\) \? _writeVarStringNative : _writeVarStringPolyfill/gu,
        '_writeVarStringNative',
      ],
    ],
  },
  'lib0/string.js': {
    replaced: [
      ['utf8TextEncoder ? _encodeUtf8Native : _encodeUtf8Polyfill', '_encodeUtf8Native'],
      ['utf8TextDecoder ? _decodeUtf8Native : _decodeUtf8Polyfill', '_decodeUtf8Native'],
    ],
  },
  // It finds the others, and no more: the mesh and `tabs.ts` tell what is written and who is present. Nobody reads its log.
  'y-webrtc/src/y-webrtc.js': {
    replaced: [
      ["const log = logging.createModuleLogger('y-webrtc')", 'const log = () => undefined'],
      ["import * as bc from 'lib0/broadcastchannel'", ''],
      ["import * as syncProtocol from 'y-protocols/sync'", ''],
      [/^const (checkIsSynced|readMessage|readPeerMessage|sendWebrtcConn) = [^]*?^\}$/gmu, '', 4],
      [/^const (broadcastWebrtcConn|broadcastRoomMessage|broadcastBcPeerId) = [^]*?^\}$/gmu, '', 3],
      // No relay but ours, as many connections as it names, and nobody to be told of them; glare is for our own sessions. That
      // a room is joined twice `room.ts` finds.
      ["signaling = ['wss://y-webrtc-eu.fly.dev']", 'signaling'],
      [/^ +(?:this\.)?maxConns = .*\n/gmu, '', 2],
      [/if \((?:room\.)?webrtcConns\.size < room\.provider\.maxConns\) \{/gu, '{', 2],
      [/^ {2}if \(rooms\.has\(name\)\) \{\n.*\n {2}\}\n/gmu, ''],
      [/^ +emitStatus\(this\)$/gmu, '', 3],
      [/^const emitStatus = [^]*?^\}$/gmu, ''],
      [/^ +if \(data\.signal\.type === 'offer'\) \{[^]*?(?=^ +if \(data\.to === peerId\))/gmu, ''],
      [/^const broadcastBcMessage = [^]*?^\)$/gmu, ''],
      [/^ {6}\/\/ send sync step 1\n[^]*?(?=^ {4}\}\)\n {4}this\.peer\.on\('close')/gmu, ''],
      ['      checkIsSynced(room)\n', ''],
      [/^ {4}this\.peer\.on\('data'[^]*?^ {4}\}\)\n/gmu, ''],
      [
        /^ {4}this\._(bcSubscriber|docUpdateHandler|awarenessUpdateHandler) = [^]*?(?=^ {4}\/\*\*|^ {4}this\._beforeUnloadHandler)/gmu,
        '',
        3,
      ],
      [/^ {4}this\.(doc|awareness)\.(on|off)\('update', this\._\w+\)\n/gmu, '', 4],
      [/^ {4}const roomName = this\.name\n[^]*?^ {2}\}/gmu, '  }'],
      [/^ {4}awarenessProtocol\.removeAwarenessStates\(this\.awareness, [^]*?(?=^ {4}this\.webrtcConns)/gmu, ''],
      ['awareness = new awarenessProtocol.Awareness(doc)', 'awareness'],
      ["import * as awarenessProtocol from 'y-protocols/awareness'", ''],
      [/^ +(?:this|existingConn)\.glareToken = undefined\n/gmu, ''],
      [/^ +if \(this\.glareToken === undefined\) \{[^}]*\}\n/gmu, ''],
      ['token: this.glareToken, ', ''],
      [/^ +this\.(?:synced = false|mux = createMutex\(\))\n/gmu, '', 3],
      [/(emit\('peers', )\[\{\n[^}]*\}\]/gmu, '$1[]', 2],
      // Our links have no errors to tell, whether they stand the mesh knows, and of a page that goes `room.ts` hears itself.
      [/^ {4}this\.peer\.on\('(?:connect|error)'[^]*?^ {4}\}\)\n/gmu, '', 2],
      [/^ +this\.(?:closed|connected) = (?:true|false)\n/gmu, '', 4],
      [/^ {4}this\._beforeUnloadHandler = [^]*?^ {4}\}\n/gmu, ''],
      [/^ {4}if \(typeof window [^]*?^ {4}\} else if [^]*?^ {4}\}\n/gmu, '', 2],
      ['    this.peerId = random.uuidv4()\n    this.doc = doc\n', '    this.peerId = random.uuidv4()\n'],
      ['    this.awareness = provider.awareness\n', ''],
      ['    this.filterBcConns = filterBcConns\n', ''],
      ['      filterBcConns = true,\n', ''],
      [/^ {4}this\.on\('disconnect', .*\n/gmu, ''],
      [/^ {2}get connected \(\) \{\n[^}]*\}\n/gmu, ''],
      // Every document has a key.
      ['password = null', 'password'],
      // It may be under way already.
      [/password \? cryptoutils\.deriveKey\(password, roomName\) : .*$/gmu, 'takeKey(password, roomName)'],
      [
        "import * as map from 'lib0/map'",
        "import * as map from 'lib0/map'\nimport { takeKey } from '/src/net/signaling/early.ts'",
      ],
      ['if (room.key) {\n    cryptoutils', '{\n    cryptoutils'],
      [/ else \{\n +conn\.send\(\{ type: 'publish', topic: room\.name, data \}\)\n +\}/gmu, ''],
      ['if (room.key) {\n            if (typeof', '{\n            if (typeof'],
      [/ else \{\n +execMessage\(m\.data\)\n +\}/gmu, ''],
    ],
  },
  // What the relay says is text. The first connection to it may be under way already.
  'lib0/websocket.js': {
    replaced: [
      [
        "import * as time from './time.js'",
        "import * as time from './time.js'\nimport { openSocket } from '/src/net/signaling/early.ts'",
      ],
      ['new WebSocket(wsclient.url)', 'openSocket(wsclient.url)'],
      ['    const binaryType = wsclient.binaryType\n', ''],
      [/^ +if \(binaryType\) \{\n[^}]*\}\n/gmu, ''],
      ['{ binaryType } = {}', ''],
      ['    this.binaryType = binaryType || null\n', ''],
      ["typeof data === 'string' ? JSON.parse(data) : data", 'JSON.parse(data)'],
      [/(emit\('(?:dis)?connect', )\[.*\]\)/gmu, '$1[])', 2],
      ["emit('message', [message, wsclient])", "emit('message', [message])"],
      [/^ +(?:wsclient|this)\.connecting = .*\n/gmu, '', 4],
    ],
  },
  'y-webrtc/src/crypto.js': {
    replaced: [
      [/^ {2}if \(!key\) \{\n[^\n]*\n {2}\}\n/gmu, '', 2],
      // `signaling/relay-client.ts` has looked.
      [/^ {2}if \(algorithm !== 'AES-GCM'\) \{\n.*\n {2}\}\n/gmu, ''],
    ],
  },
  // Nobody reads what it would look like in a log.
  'prosemirror-model/dist/index.js': {
    removed: {
      Fragment: ['toString', 'toStringInner', 'descendants'],
      ResolvedPos: ['toString', 'posAtIndex', 'blockRange'],
      Node: ['toString', 'canAppend', 'descendants'],
      TextNode: ['toString'],
      Slice: ['toString'],
      ContentMatch: ['toString'],
      // Our parsers have rules of their own.
      DOMParser: ['schemaRules', 'fromSchema'],
    },
  },
  'prosemirror-state/dist/index.js': {
    replaced: [[/^Selection\.jsonID\(.*\);$/gmu, '', 3]],
    removed: {
      Selection: ['fromJSON', 'jsonID', 'getBookmark'],
      TextSelection: [...stored, 'getBookmark'],
      NodeSelection: [...stored, 'getBookmark'],
      AllSelection: [...stored, 'getBookmark'],
      EditorState: [...stored, 'reconfigure'],
      Transaction: ['storedMarksSet', 'isGeneric'],
    },
  },
  // Steps are not stored, and those that are never made need not be there.
  'prosemirror-transform/dist/index.js': {
    replaced: [[/^Step\.jsonID\(.*\);$/gmu, '', 9]],
    removed: {
      MapResult: ['deletedBefore'],
      StepMap: ['toString'],
      Mapping: ['appendMapping'],
      Transform: [
        'changedRange',
        'clearIncompatible',
        'lift',
        'wrap',
        'setNodeMarkup',
        'setDocAttribute',
        'addNodeMark',
        'removeNodeMark',
      ],
      AddMarkStep: stored,
      RemoveMarkStep: stored,
      AddNodeMarkStep: stored,
      RemoveNodeMarkStep: stored,
      ReplaceStep: stored,
      ReplaceAroundStep: stored,
      AttrStep: stored,
      DocAttrStep: stored,
    },
  },
  // Internet Explorer, and Chrome and iOS as they were in 2017. Where an event brings no clipboard, the browser copies.
  'prosemirror-view/dist/index.js': {
    replaced: [
      [/^const (ie_edge|ie_upto10|ie_11up) = .*;$/gmu, '', 3],
      [/^const ie = .*;$/gmu, 'const ie = false;'],
      [/^const ie_version = .*;$/gmu, 'const ie_version = 0;'],
      ['chrome && chrome_version < 63', 'false'],
      [/^const brokenClipboardAPI = [^;]*;$/gmu, 'const brokenClipboardAPI = false;'],
      [/^function captureCopy\([^]*?^\}$/gmu, ''],
      ['captureCopy(view, dom);', 'return;'],
      // White space is as it is to be (src/ui/document.css).
      [/^let cssChecked [^]*?^function checkCSS\([^]*?^\}$/gmu, ''],
      ['checkCSS(view);', ''],
      [' || DOMParser.fromSchema(view.state.schema)', '', 2],
      // It is in no shadow tree.
      [/^function (?:rangeToSelectionRange|safariShadowSelectionRange)\([^]*?^\}$/gmu, '', 2],
      [/safari && this\.root\.nodeType === 11 &&\s+deepActiveElement\([^\n]* \|\| sel;/gu, 'sel;'],
    ],
    removed: { EditorView: ['pasteHTML', 'pasteText', 'updateRoot'] },
  },
}

/** The source of a file of a package without that; null where nothing goes. */
export function lean(path: string, code: string): string | null {
  const known = edits[path]
  return known === undefined ? null : edit(path, code, known)
}

function edit(path: string, code: string, { replaced = [], removed = {} }: Edits): string {
  const expectPlaces = (places: number, times: number, what: string): void => {
    if (places !== times) throw new Error(`In this ${path} there are ${places} places instead of ${times}: ${what}`)
  }
  let edited = code
  for (const [found, instead, times = 1] of replaced) {
    const places = typeof found === 'string' ? edited.split(found).length - 1 : [...edited.matchAll(found)].length
    expectPlaces(places, times, String(found))
    edited = edited.replaceAll(found, instead)
  }
  const known = methodsOf(edited)
  const methods = Object.entries(removed).flatMap(([className, names]) => {
    const there = (known.get(className) ?? []).filter(({ name }) => names.includes(name))
    expectPlaces(there.length, names.length, `${className}: ${names.join(', ')}`)
    return there
  })
  for (const { start, end } of methods.sort((a, b) => b.start - a.start))
    edited = edited.slice(0, start) + edited.slice(end)
  return edited
}

interface Method {
  name: string
  start: number
  end: number
}

/** The methods of a module's classes, and where they stand. */
function methodsOf(code: string): ReadonlyMap<string, readonly Method[]> {
  const methods = new Map<string, Method[]>()
  for (const statement of parseSync('package.js', code).program.body) {
    if (statement.type !== 'ClassDeclaration' || statement.id === null) continue
    const own: Method[] = []
    for (const member of statement.body.body) {
      if (member.type !== 'MethodDefinition' || member.key.type !== 'Identifier') continue
      own.push({ name: member.key.name, start: member.start, end: member.end })
    }
    methods.set(statement.id.name, own)
  }
  return methods
}

/** Calls of what is not there any more. */
const GONE =
  /\btr\.(?:lift|wrap)\(|\.(?:setNodeMarkup|setDocAttribute|addNodeMark|removeNodeMark|createTreeWalker|changedRange|clearIncompatible|appendMapping|applyDelta|toDelta|observeDeep|reconfigure|blockRange|descendants|getBookmark)\(|\bevent\.(?:delta|changes|keys)\b/u

/** See above. Only for the app: the keeper and the tests have the packages as they are. */
export const leanPackages: Plugin = {
  name: 'lean packages',
  enforce: 'pre',
  apply: 'build',
  transform(code, id) {
    const path = /\/node_modules\/([^?]*)$/u.exec(id)?.[1]
    const leaner = path === undefined ? null : lean(path, code)
    if (leaner !== null) return { code: leaner, map: null }
    const called = path === undefined ? GONE.exec(code)?.[0] : undefined
    if (called !== undefined) throw new Error(`${id} calls what scripts/lean-packages.ts takes away: ${called}`)
    return null
  },
}
