import { expect, test } from 'vitest'
import { matching } from '../../../src/ui/matching.ts'

const NAMES = ['본문', '제목 1', '제목 2', '글머리 목록', '할 일 목록', 'Code block']
const found = (query: string): string[] => matching(NAMES, query, (name) => [name])

test('everything is offered before anything is typed, in its order', () => {
  expect(found('')).toEqual(NAMES)
})

test('Hangul is found while it is composed, letter by letter', () => {
  for (const query of ['ㅈ', '제', '젬', '제모', '제목', '제목 ', '제목1']) expect(found(query)).toContain('제목 1')
  expect(found('제목1')).toEqual(['제목 1'])
  expect(found('할ㅇ')).toEqual(['할 일 목록'])
})

test('what begins with it comes before what has it inside, in either case', () => {
  expect(found('목')).toEqual(['제목 1', '제목 2', '글머리 목록', '할 일 목록'])
  expect(found('BLOCK')).toEqual(['Code block'])
  expect(matching(['a list', 'list'], 'list', (name) => [name])).toEqual(['list', 'a list'])
  expect(found('nothing')).toEqual([])
})
