/** A count that cannot be bad is no count: each verdict has to fall when it should, and only then. */
import { describe, expect, test } from 'vitest'
import { schema } from '#doc/schema'
import { documentFrom } from './acts.ts'
import { judge, type Verdict } from './judge.ts'

const verdicts = (base: string, alone: readonly string[], merged: string): Verdict[] => [
  ...new Set(
    judge({ base: documentFrom(base), alone: alone.map(documentFrom), merged: documentFrom(merged) }).map(
      ({ verdict }) => verdict,
    ),
  ),
]

describe('what is right is clean', () => {
  test.each<[string, string, string, string, string]>([
    ['two words', 'abcd', 'aXYbcd', 'abcZd', 'aXYbcZd'],
    ['two words in one place, in either order', 'ab', 'aXb', 'aYb', 'aYXb'],
    ['two joins', 'ab / cd / ef', 'abcd / ef', 'ab / cdef', 'abcdef'],
    ['the same join by both', 'ab / cd', 'abcd', 'abcd', 'abcd'],
    ['the same new line by both, once', 'abcd', 'ab / cd', 'ab / cd', 'ab / cd'],
    ['the same new line by both, twice', 'abcd', 'ab / cd', 'ab / cd', 'ab /  / cd'],
    ['a word in a block that is deleted', 'ab / cd / ef', 'ab / cXd / ef', 'ab / ef', 'ab / X / ef'],
    ['a word in text that is deleted', 'ab / cd / ef', 'ab / cXd / ef', 'ab /  / ef', 'ab / X / ef'],
    ['a word within a range that is deleted', 'abc / def', 'aXbc / def', 'ef', 'Xef'],
    ['a word at the end of what is split', 'abcd', 'abcdX', 'ab / cd', 'ab / cdX'],
    ['a word at the end of what is joined', 'ab / cd', 'abX / cd', 'abcd', 'abXcd'],
    ['a word where a line break comes', 'abcd', 'abXcd', 'ab⏎cd', 'abX⏎cd'],
    ['a new line before a word that is deleted', 'abcd', 'ab / cd', 'ab', 'ab / '],
    ['a word in a block that moves', 'ab / cd / ef', 'ab / cXd / ef', 'cd / ab / ef', 'cXd / ab / ef'],
    ['a word at the end of a block that moves', 'ab / cd / ef', 'ab / cdX / ef', 'cd / ab / ef', 'cdX / ab / ef'],
    ['the same move by both', 'ab / cd / ef', 'cd / ab / ef', 'cd / ab / ef', 'cd / ab / ef'],
    [
      'a line below a block that moves, with it',
      'ab / cd / ef',
      'ab / X / cd / ef',
      'cd / ab / ef',
      'cd / ab / X / ef',
    ],
    ['the same line, where it was', 'ab / cd / ef', 'ab / X / cd / ef', 'cd / ab / ef', 'X / cd / ab / ef'],
    ['moves that do not meet', 'ab / cd / ef / gh', 'cd / ab / ef / gh', 'ab / cd / gh / ef', 'cd / ab / gh / ef'],
    ['a move of what is deleted', 'ab / cd / ef', 'cd / ab / ef', 'ab / ef', 'ab / ef'],
    ['two kinds, either', 'ab / cd', '# ab / cd', '- ab / cd', '- ab / cd'],
    ['a kind and a split', 'abcd', '# abcd', 'ab / cd', '# ab / # cd'],
    ['a level of what is no heading any more', '# ab', '## ab', '- ab', '- ab'],
    ['a copy and a word in the original', 'ab / cd', 'ab / ab / cd', 'aXb / cd', 'aXb / ab / cd'],
    ['a bold word and a word in it', 'abcd', 'a*bc*d', 'abXcd', 'a*bXc*d'],
    ['a word at the edge of what turns bold', 'abcd', 'a*bc*d', 'abcXd', 'a*bc*Xd'],
    ['the same, grown', 'abcd', 'a*bc*d', 'abcXd', 'a*bcX*d'],
    ['a divider between blocks that are joined', 'ab / cd', 'ab / --- / cd', 'abcd', 'ab / --- / cd'],
    ['everything deleted but a word', 'ab / cd', 'ab / cXd', '', 'X'],
  ])('%s', (_name, base, a, b, merged) => {
    expect(verdicts(base, [a, b], merged)).toEqual([])
    expect(verdicts(base, [b, a], merged)).toEqual([])
  })
})

describe('what is wrong is named', () => {
  test.each<[Verdict, string, string, string, string, string]>([
    ['lost', 'a letter of the base', 'abcd', 'abcXd', 'abcd', 'abXd'],
    ['lost', 'a typed letter', 'abcd', 'abXYcd', 'abcd', 'abYcd'],
    ['lost', 'a word in a block that is deleted', 'ab / cd / ef', 'ab / cXd / ef', 'ab / ef', 'ab / ef'],
    ['lost', 'a copy', 'ab / cd', 'ab / ab / cd', 'ab / cd', 'ab / cd'],
    ['doubled', 'a split by two', 'abcdef', 'ab / cdef', 'abcd / ef', 'ab / cd / cdef'],
    ['doubled', 'a typed word', 'abcd', 'abXcd', 'abcd', 'abXcXd'],
    ['doubled', 'a move by both', 'ab / cd / ef', 'cd / ab / ef', 'cd / ab / ef', 'cd / ab / cd / ef'],
    ['brought back', 'a deleted letter', 'abcd', 'acd', 'abcXd', 'abcXd'],
    ['brought back', 'what was moved', 'ab / cd / ef', 'cd / ab / ef', 'ab / ef', 'cd / ab / ef'],
    ['brought back', 'signs that were typed over', 'ab', '# ab', 'ab', '# #ab'],
    ['misplaced', 'between two letters', 'abcd', 'abXcd', 'abcd', 'aXbcd'],
    ['misplaced', 'at the end of a line that is split', 'abcd', 'abcdX', 'ab / cd', 'abX / cd'],
    ['misplaced', 'at the start of a line that is split', 'abcd', 'Xabcd', 'ab / cd', 'ab / Xcd'],
    ['misplaced', 'at the end of a line that gets a line below', 'ab / cd', 'abX / cd', 'ab / Y / cd', 'ab / XY / cd'],
    ['misplaced', 'in a block that moves', 'ab / cd / ef', 'ab / cXd / ef', 'cd / ab / ef', 'cd / ab / X / ef'],
    ['misplaced', 'at the end of a block that moves', 'ab / cd / ef', 'ab / cdX / ef', 'cd / ab / ef', 'cd / abX / ef'],
    ['misplaced', 'in another line of its own', 'ab / cd / ef', 'ab / X / cd / ef', 'ab / cd / ef', 'ab / cd / X / ef'],
    ['torn', 'by the other’s word', 'ab', 'aXYb', 'aZb', 'aXZYb'],
    ['torn', 'by a line', 'ab', 'aXYb', 'a / b', 'aX / Yb'],
    ['stray', 'below', 'ab / cd / ef', 'ab / cXd / ef', 'ab / ef', 'ab / Xef'],
    ['stray', 'above', 'ab / cd / ef', 'ab / cXd / ef', 'ab / ef', 'abX / ef'],
    ['stray', 'a line of its own', 'ab / cd', 'ab / X / cd', 'aZb / cd', 'aZbX / cd'],
    ['order', 'a move that is not done', 'ab / cd / ef', 'cd / ab / ef', 'ab / cd / eXf', 'ab / cd / eXf'],
    ['order', 'text that is mixed up', 'abcd', 'abcd', 'abcdX', 'acbdX'],
    ['blocks', 'a split that is not done', 'abcd', 'ab / cd', 'abXcd', 'abXcd'],
    ['blocks', 'a join that is not done', 'ab / cd', 'abcd', 'abX / cd', 'abX / cd'],
    ['blocks', 'a line too many', 'ab / cd', 'abX / cd', 'ab / cd', 'abX /  / cd'],
    ['blocks', 'a divider that is gone', 'ab / cd', 'ab / --- / cd', 'ab / cd', 'ab / cd'],
    ['blocks', 'lines that were pasted', 'ab', 'aX / Yb', 'ab', 'aXYb'],
    ['break', 'gone', 'abcd', 'ab⏎cd', 'abXcd', 'abXcd'],
    ['break', 'twice', 'abcd', 'ab⏎cd', 'abXcd', 'abX⏎⏎cd'],
    ['kind', 'nobody’s', 'ab / cd', 'aXb / cd', 'ab / cd', '# aXb / cd'],
    ['kind', 'one half', 'abcd', '# abcd', 'ab / cd', '# ab / cd'],
    ['kind', 'not done', 'ab', '- ab', 'aXb', 'aXb'],
    ['kind', 'a level', '# ab', '## ab', '# aXb', '# aXb'],
    ['kind', 'not ticked', '[ ] ab', '[x] ab', '[ ] aXb', '[ ] aXb'],
    ['kind', 'not indented', '- ab / - cd', '- ab /   - cd', '- ab / - cXd', '- ab / - cXd'],
    ['mark', 'nobody’s', 'abcd', 'abXcd', 'abcd', 'abX*cd*'],
    ['mark', 'not done', 'abcd', 'a*bc*d', 'abcdX', 'abcdX'],
    ['mark', 'not taken away', 'a*bc*d', 'abcd', 'a*bc*dX', 'a*bc*dX'],
    ['mark', 'not on what is typed in it', 'abcd', 'a*bc*d', 'abXcd', 'a*b*X*c*d'],
    ['mark', 'leaks when its start is deleted', '*abc*def', 'def', '*a*b*c*def', '*def*'],
  ])('%s: %s', (verdict, _name, base, a, b, merged) => {
    expect(verdicts(base, [a, b], merged)).toContain(verdict)
    expect(verdicts(base, [b, a], merged)).toContain(verdict)
  })

  test('invalid: a document that the schema does not allow', () => {
    const wrong = schema.topNodeType.create(null, [])
    expect(
      judge({ base: documentFrom('ab'), alone: [documentFrom('ab')], merged: wrong }).map(({ verdict }) => verdict),
    ).toEqual(['invalid'])
  })

  test('three people are judged as two', () => {
    expect(verdicts('abcd', ['aXbcd', 'abYcd', 'abcZd'], 'aXbYcZd')).toEqual([])
    expect(verdicts('abcd', ['aXbcd', 'abYcd', 'abcZd'], 'aXbYcd')).toEqual(['lost'])
    expect(verdicts('ab / cd', ['abcd', 'ab / cXd', '- ab / cd'], '- abcXd')).toEqual([])
  })
})
