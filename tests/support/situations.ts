/** Situation → exact words, in both languages: what the status line says, and the title of the panel behind it. */
import type { ConnectionFacts } from '#net/diagnostics/diagnosis'
import type { Facts } from '#session/facts'
import { ALONE } from './facts.ts'

/** Somebody who is alone in a document that he has begun, and never shared. */
export const FACTS: Facts = { ...ALONE, copies: 0 }

type Link = ConnectionFacts['links'][number]['state']

export interface Situation {
  facts: Partial<Facts>
  /** How the links stand, where the facts do not say it. */
  links?: readonly Link[]
  relayedOver?: 'udp' | 'tcp' | 'tls'
  en: string
  ko: string
  /** The panel's title. */
  panel: readonly [en: string, ko: string]
}

const WELL = ['All is well', '문제없어요'] as const
const NOBODY = ['No one else is here', '지금은 혼자예요'] as const
const CONNECTING = ['Connecting', '연결하는 중이에요'] as const

export const SITUATIONS: Readonly<Record<string, Situation>> = {
  'begun, and sent to nobody yet': {
    facts: {},
    en: 'On this device only · Only you so far',
    ko: '이 기기에만 있어요 · 아직은 혼자예요',
    panel: NOBODY,
  },
  'another person writes along': {
    facts: { others: ['Mina'], copies: 1, shared: true },
    links: ['open'],
    en: 'On 1 other device · With Mina',
    ko: '다른 기기 1대에도 있어요 · Mina 님과 함께 있어요',
    panel: WELL,
  },
  'two people write along': {
    facts: { others: ['Mina', 'Jonas'], copies: 2, shared: true },
    links: ['open', 'open'],
    en: 'On 2 other devices · With Mina and Jonas',
    ko: '다른 기기 2대에도 있어요 · Mina 님, Jonas 님과 함께 있어요',
    panel: WELL,
  },
  'one writes a word that nobody has confirmed yet': {
    facts: { others: ['Mina'], copies: 0, shared: true },
    links: ['open'],
    en: 'Latest words only on this device · With Mina',
    ko: '최근에 쓴 글은 이 기기에만 있어요 · Mina 님과 함께 있어요',
    panel: WELL,
  },
  'a writer, with one who only reads and has it all': {
    facts: { others: ['Mina'], copies: null, shared: false },
    links: ['open'],
    en: 'Saved on this device · With Mina',
    ko: '이 기기에 저장했어요 · Mina 님과 함께 있어요',
    panel: WELL,
  },
  'the other has left or closed the tab, and had all of it': {
    facts: { copies: 1, shared: true },
    en: 'On 1 other device · Just you right now',
    ko: '다른 기기 1대에도 있어요 · 지금은 혼자예요',
    panel: NOBODY,
  },
  'one has written on after the other left': {
    facts: { copies: 0, shared: true },
    en: 'Latest words only on this device · Just you right now',
    ko: '최근에 쓴 글은 이 기기에만 있어요 · 지금은 혼자예요',
    panel: NOBODY,
  },
  'the other’s machine sleeps or lost its network': {
    facts: { reconnecting: 'Mina', copies: 1, shared: true },
    links: ['interrupted'],
    en: 'On 1 other device · Reconnecting to Mina…',
    ko: '다른 기기 1대에도 있어요 · Mina 님과 다시 연결하는 중…',
    panel: CONNECTING,
  },
  'one of two has lost the network': {
    facts: { reconnecting: 'Mina', others: ['Jonas'], copies: 2, shared: true },
    links: ['interrupted', 'open'],
    en: 'On 2 other devices · With Jonas',
    ko: '다른 기기 2대에도 있어요 · Jonas 님과 함께 있어요',
    panel: WELL,
  },
  'oneself has lost the network': {
    facts: { online: false, relay: 'lost', shared: true },
    en: 'Latest words only on this device · Offline',
    ko: '최근에 쓴 글은 이 기기에만 있어요 · 오프라인이에요',
    panel: ['You are offline', '오프라인이에요'],
  },
  'the network blocks UDP, and there is no TURN server': {
    facts: { linking: true, blocked: true },
    links: ['connecting'],
    en: 'On this device only · Can’t connect to someone here; see connection details',
    ko: '이 기기에만 있어요 · 여기 있는 사람과 연결되지 않아요. 연결 상태를 봐 주세요',
    panel: [
      'Your network blocks direct connections and no TURN server is set up',
      '네트워크가 직접 연결을 막고 있고, 설정된 TURN 서버도 없어요',
    ],
  },
  'the network blocks UDP, and TURN by TCP helps': {
    facts: { others: ['Mina'], copies: 1, shared: true },
    links: ['open'],
    relayedOver: 'tcp',
    en: 'On 1 other device · With Mina',
    ko: '다른 기기 1대에도 있어요 · Mina 님과 함께 있어요',
    panel: ['Your network blocks UDP', '네트워크가 UDP를 막고 있어요'],
  },
  'somebody has just opened the link': {
    facts: { linking: true },
    links: ['connecting'],
    en: 'On this device only · Connecting…',
    ko: '이 기기에만 있어요 · 연결하는 중…',
    panel: CONNECTING,
  },
  'somebody is here whose Inkmesh is older': {
    facts: { otherBuild: 'older' },
    en: 'On this device only · Someone here uses an older Inkmesh. They need to reload before you can connect.',
    ko: '이 기기에만 있어요 · 예전 Inkmesh를 쓰는 사람이 있어요. 그 사람이 새로고침해야 연결돼요.',
    panel: ['Someone here uses an older Inkmesh', '예전 Inkmesh를 쓰는 사람이 있어요'],
  },
  'somebody is here whose Inkmesh is newer': {
    facts: { otherBuild: 'newer' },
    en: 'On this device only · Someone here uses a newer Inkmesh. Reload to connect with them.',
    ko: '이 기기에만 있어요 · 더 새로운 Inkmesh를 쓰는 사람이 있어요. 새로고침하면 연결돼요.',
    panel: ['Someone here uses a newer Inkmesh', '더 새로운 Inkmesh를 쓰는 사람이 있어요'],
  },
  'a keeper is there, and nobody else': {
    facts: { kept: true, copies: 1, shared: true },
    links: ['open'],
    en: 'On 1 other device · Always available through a keeper',
    ko: '다른 기기 1대에도 있어요 · 키퍼가 있어 언제든 열 수 있어요',
    panel: WELL,
  },
  'the keeper is gone': {
    facts: { copies: 1, shared: true },
    en: 'On 1 other device · Just you right now',
    ko: '다른 기기 1대에도 있어요 · 지금은 혼자예요',
    panel: NOBODY,
  },
  'the server is gone, and others are linked': {
    facts: { relay: 'lost', others: ['Mina', 'Jonas'], copies: 2, shared: true },
    links: ['open', 'open'],
    en: 'On 2 other devices · Connected to 2 · server unreachable',
    ko: '다른 기기 2대에도 있어요 · 2명과 연결되어 있어요 · 서버에 연결할 수 없어요',
    panel: WELL,
  },
  'the server is gone, and one is alone': {
    facts: { relay: 'lost' },
    en: 'On this device only · The server cannot be reached',
    ko: '이 기기에만 있어요 · 서버에 연결할 수 없어요',
    panel: ['The server cannot be reached', '서버에 연결할 수 없어요'],
  },
  'the disk is full': {
    facts: { save: 'failed', others: ['Mina'] },
    links: ['open'],
    en: 'Not saved on this device · With Mina',
    ko: '이 기기에 저장하지 못했어요 · Mina 님과 함께 있어요',
    panel: WELL,
  },
  'it takes long to save': {
    facts: { save: 'saving' },
    en: 'Saving… · Only you so far',
    ko: '저장하는 중… · 아직은 혼자예요',
    panel: NOBODY,
  },
  'the document is open in another tab': {
    facts: { tabs: 1 },
    en: 'On this device only · Also open in another tab',
    ko: '이 기기에만 있어요 · 다른 탭에도 열려 있어요',
    panel: NOBODY,
  },
  'a link was opened, and nobody is there who has the document': {
    facts: { arrived: false, copies: null },
    en: 'No one who has this document is online. Ask whoever sent you the link to open it; it appears here by itself.',
    ko: '문서를 가진 사람이 지금은 온라인이 아니에요. 링크를 보낸 사람에게 문서를 열어 달라고 해 보세요. 열면 바로 나타나요.',
    panel: NOBODY,
  },
  'another one waits for it, too': {
    facts: { arrived: false, copies: null, others: ['Swift Tiger'], waiting: true },
    links: ['open'],
    en: 'Swift Tiger is waiting too',
    ko: 'Swift Tiger 님도 기다리고 있어요',
    panel: WELL,
  },
  'the document is on its way': {
    facts: { arrived: false, copies: null, others: ['Mina'], receiving: { done: 1e6, total: 2e6 } },
    links: ['open'],
    en: 'Receiving the document…',
    ko: '문서를 받는 중…',
    panel: WELL,
  },
  'a link was opened offline': {
    facts: { arrived: false, copies: null, online: false, relay: 'lost' },
    en: 'You are offline, and this device does not have the document yet. It fills in when you are back online and someone who has it is too.',
    ko: '지금은 오프라인이고, 이 기기에는 아직 문서가 없어요. 다시 온라인이 되고 문서를 가진 사람도 온라인이면 채워져요.',
    panel: ['You are offline', '오프라인이에요'],
  },
  'this browser has no WebRTC': {
    facts: { relay: 'none' },
    en: 'On this device only · Alone: this browser cannot connect to others (it has no WebRTC)',
    ko: '이 기기에만 있어요 · 이 브라우저로는 다른 사람과 연결할 수 없어요 (WebRTC가 없어요)',
    panel: ['This browser cannot connect to others', '이 브라우저는 다른 사람과 연결할 수 없어요'],
  },
  'this browser has no WebRTC, and the document is elsewhere': {
    facts: { relay: 'none', arrived: false, copies: null },
    en: 'This browser cannot connect to others (it has no WebRTC), so the document cannot arrive here. Open the link in another browser.',
    ko: '이 브라우저로는 다른 사람과 연결할 수 없어서 (WebRTC가 없어요) 문서를 받을 수 없어요. 다른 브라우저에서 링크를 열어 주세요.',
    panel: ['This browser cannot connect to others', '이 브라우저는 다른 사람과 연결할 수 없어요'],
  },
  'the document is written with a newer Inkmesh': {
    facts: { newer: true, others: ['Mina'] },
    links: ['open'],
    en: 'This document was written with a newer Inkmesh. Reload to update; until then you can only read.',
    ko: '더 새로운 Inkmesh로 쓴 문서예요. 새로고침해서 업데이트해 주세요. 그때까지는 읽을 수만 있어요.',
    panel: WELL,
  },
}
