import type { CallPhrases, Language } from './phrases.ts'

export async function loadCallPhrases(language: Language): Promise<CallPhrases> {
  return language === 'ko' ? (await import('./ko-call.ts')).koCall : (await import('./en-call.ts')).enCall
}
