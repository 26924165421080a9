import { parseHTML } from 'linkedom'
import type { Node } from 'prosemirror-model'
import { describe, expect, test } from 'vitest'
import { clipboardParser } from '#convert/html'
import { clipboardSerializer } from '#convert/html-writing'
import { flatten, nest } from '#convert/outline'
import { blockOf, safeHref, schema } from '#doc/schema'
import { seeded } from '../../support/random.ts'
import vectors from '../../fixtures/dompurify/vectors.json'
import { randomDocument } from './documents.ts'

const { document } = parseHTML('<!doctype html><html><body></body></html>')

function domOf(html: string): HTMLElement {
  const dom = document.createElement('div')
  dom.innerHTML = html
  return dom
}

const parse = (html: string): Node => clipboardParser.parse(domOf(html))

/** One line a block: kind, depths and what else it is, then its text with marks as `mark(text)`. */
function sketch(doc: Node): string[] {
  return doc.content.content.map((node) => {
    const { kind, level, checked, start, indent, quote } = blockOf(node)
    const name =
      node.type === schema.nodes.block
        ? kind
        : `${node.type.name}${node.attrs.language ? `:${String(node.attrs.language)}` : ''}`
    const detail =
      kind === 'heading' ? level : kind === 'task' ? (checked ? 'x' : '') : kind === 'ordered' ? (start ?? '') : ''
    const depth = `${indent > 0 ? ` i${indent}` : ''}${quote > 0 ? ` q${quote}` : ''}`
    const text = node.content.content.map((child) => {
      const plain = child.text ?? '/'
      return child.marks.reduceRight(
        (inner, mark) => `${mark.type.name === 'link' ? String(mark.attrs.href) : mark.type.name}(${inner})`,
        plain,
      )
    })
    return `${name}${detail}${depth}: ${text.join('')}`
  })
}

const read = (html: string): string[] => sketch(parse(html))

describe('structure', () => {
  test('nested lists and quotes', () => {
    expect(
      read(
        '<ul><li>a<ol start="3"><li>b</li><li><p>c</p><p>d</p><blockquote><p>e</p></blockquote></li></ol></li><li><h2>f</h2></li></ul>',
      ),
    ).toEqual([
      'bullet: a',
      'ordered3 i1: b',
      'ordered i1: c',
      'paragraph i2: d',
      'paragraph i2 q1: e',
      'bullet: ',
      'heading2 i1: f',
    ])
  })

  test('headings, code, dividers, loose text', () => {
    expect(
      read('x <b>y</b><h1>H</h1><pre><code class="language-ts">a\n  b\n</code></pre><hr><div>z<div>w</div></div>'),
    ).toEqual([
      'paragraph: x strong(y)',
      'heading1: H',
      'code_block:ts: a\n  b',
      'divider: ',
      'paragraph: z',
      'paragraph: w',
    ])
  })

  test('white space as a browser shows it', () => {
    expect(read('<p>\n  a  <b> b </b>\n c <br> d </p>\n <p></p>')).toEqual([
      'paragraph: a strong(b )c/d',
      'paragraph: ',
    ])
    expect(read('<div style="white-space: pre-wrap">a  b\nc</div>')).toEqual(['paragraph: a  b/c'])
    expect(read('<div>a</div><div><br></div><div>b</div>')).toEqual(['paragraph: a', 'paragraph: ', 'paragraph: b'])
  })

  test('rows of a table are lines', () => {
    expect(read('<table><tr><th>a</th><th><p>b</p><p>c</p></th></tr><tr><td>1</td><td>2</td></tr></table>')).toEqual([
      'paragraph: a\tb c',
      'paragraph: 1\t2',
    ])
  })

  test('what is not text is not read', () => {
    expect(
      read(
        '<style>p{}</style><script>1</script><p>a<svg><text>t</text></svg><span style="display:none">n</span></p><template><p>x</p></template>',
      ),
    ).toEqual(['paragraph: a'])
  })

  test('images are their descriptions', () => {
    expect(
      read(
        '<p><img src="https://a.b/c.png" alt="cat"><img src="data:image/png;base64,AA" alt="dog"><img src="https://a.b/d"></p>',
      ),
    ).toEqual(['paragraph: https://a.b/c.png(cat)doghttps://a.b/d(https://a.b/d)'])
  })
})

describe('from other programs', () => {
  test('Google Docs', () => {
    expect(
      read(
        `<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:400;font-style:normal;text-decoration:none;background-color:transparent;">plain </span><span style="font-weight:700;font-style:italic;">both</span></p><br><ul><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>one</span></p></li><ul><li dir="ltr" aria-level="2"><p><span style="text-decoration:line-through">two</span></p></li></ul><li role="checkbox" aria-checked="true"><img src="data:," alt="checked" aria-roledescription="checkbox"><p><a href="https://x.y/" style="text-decoration:none"><span style="text-decoration:underline">three</span></a></p></li></ul></b>`,
      ),
    ).toEqual([
      'paragraph: plain strong(em(both))',
      'paragraph: ',
      'bullet: one',
      'bullet i1: strike(two)',
      'taskx: https://x.y/(three)',
    ])
  })

  test('Word', () => {
    const item = (list: string, marker: string, text: string): string =>
      `<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:${list} lfo1'><![if !supportLists]><span style='mso-list:Ignore'>${marker}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>${text}<o:p></o:p></p>`
    expect(
      read(
        item('l0 level1', '·', 'a') +
          item('l0 level2', 'o', 'b') +
          item('l1 level1', '4.', '<b>c</b>') +
          item('l1 level1', '5.', 'd'),
      ),
    ).toEqual(['bullet: a', 'bullet i1: b', 'ordered: strong(c)', 'ordered: d'])
    expect(read(`<p class=MsoNormal>x</p>${item('l1 level1', '4.', 'c')}`)).toEqual(['paragraph: x', 'ordered4: c'])
  })

  test('GitHub, Notion and editors with data-checked', () => {
    expect(
      read(
        '<ul class="contains-task-list"><li class="task-list-item"><input type="checkbox" disabled checked> a</li><li><input type="checkbox"> b</li></ul>',
      ),
    ).toEqual(['taskx: a', 'task: b'])
    expect(
      read('<ul class="to-do-list"><li><div class="checkbox checkbox-on"></div> <span>a</span></li></ul>'),
    ).toEqual(['taskx: a'])
    expect(
      read(
        '<ul data-type="taskList"><li data-checked="false"><label><input type="checkbox"></label><div><p>a</p></div></li></ul>',
      ),
    ).toEqual(['task: a'])
  })

  test('code from an editor of code', () => {
    expect(
      read(
        `<div style="font-family: Menlo, Monaco, monospace;white-space: pre;"><div><span style="color: #00f;">if</span> (x) {</div><div>  y</div><br><div>}</div></div>`,
      ),
    ).toEqual(['code_block: if (x) {\n  y\n\n}'])
  })

  test("our editor's own elements", () => {
    expect(
      read(
        '<div data-kind="bullet" data-indent="2">a</div><div data-kind="task" data-checked="true" data-quote="1">b</div><h3 data-kind="heading" data-indent="1">c</h3>',
      ),
    ).toEqual(['bullet i2: a', 'taskx q1: b', 'heading3 i1: c'])
  })
})

describe('out', () => {
  const write = (doc: Node): HTMLElement => {
    const wrapper = document.createElement('div')
    wrapper.append(clipboardSerializer.serializeFragment(doc.content, { document }))
    return wrapper
  }

  test('lists and quotes are nested', () => {
    const html =
      '<ol start="2"><li>a<ul><li data-checked="true"><input checked disabled type="checkbox">b</li></ul></li></ol><blockquote><p>c <em>d</em></p></blockquote>'
    expect(write(parse(html)).innerHTML).toBe(html)
  })

  test('random documents come back the same', () => {
    for (let seed = 0; seed < 300; seed++) {
      const doc = randomDocument(seeded(seed))
      const again = clipboardParser.parse(write(doc), { preserveWhitespace: true })
      expect(again.toJSON(), `seed ${seed}`).toEqual(withoutNeedlessStarts(doc).toJSON())
    }
  })
})

test('no attack leaves an address that may not be opened', () => {
  for (const { payload } of vectors) {
    const doc = clipboardParser.parse(parseHTML(`<html><body>${payload}`).document)
    doc.check()
    doc.descendants((node) => {
      for (const mark of node.marks) {
        if (mark.type === schema.marks.link) expect(safeHref(mark.attrs.href), payload).not.toBeNull()
      }
    })
  }
})

/** Up to first numbers that say nothing new. */
const withoutNeedlessStarts = (doc: Node): Node => schema.nodes.doc.create(null, flatten(nest(doc.content.content)))

test.each([
  ['10<sup>6</sup>', '10 ^6'],
  ['H<sub>2</sub>O', 'H _2 O'],
  ['10<span style="vertical-align:super">6</span>', '10 ^6'],
  ['see<sup><a href="https://n.example">[2]</a></sup>', 'see ^[2]'],
])('what is raised or lowered stays so: %s', (html, text) => {
  const line = parse(`<p>${html}</p>`).firstChild
  const shown = line?.children.map(({ text = '', marks }) => {
    const names = marks.map(({ type }) => type.name)
    return `${names.includes('superscript') ? '^' : names.includes('subscript') ? '_' : ''}${text}`
  })
  expect(shown?.join(' ')).toBe(text)
})

test('code has no spaces but plain ones', () => {
  expect(parse('<pre>if&nbsp;x:\n&nbsp;&nbsp;y</pre>').textContent).toBe('if x:\n  y')
})

test("Word's lists go on after a paragraph inside an item, whatever they count with", () => {
  const item = (sign: string): string =>
    `<p class=MsoListParagraph style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">${sign}<span>&nbsp;</span></span>item ${sign}</p>`
  const numbers = (signs: readonly string[]): unknown[] =>
    parse(signs.map(item).join('<p class=MsoNormal>between</p>'))
      .children.filter(({ attrs }) => attrs.kind === 'ordered')
      .map(({ attrs }) => attrs.start as unknown)
  expect(numbers(['a.', 'b.', 'c.'])).toEqual([null, 2, 3])
  expect(numbers(['i)', 'ii)', 'iv)', 'ix)'])).toEqual([null, 2, 4, 9])
  expect(numbers(['1.', '2.', '10.'])).toEqual([null, 2, 10])
})

test('lists of Slack, which say how deep they stand, stand so', () => {
  const html =
    '<ul data-stringify-type="unordered-list"><li>a</li></ul><ul data-indent="1"><li>b</li></ul><ul data-indent="2"><li>c</li></ul><ul><li>d</li></ul>'
  expect(parse(html).children.map(({ attrs }) => attrs.indent as unknown)).toEqual([null, 1, 2, null])
})
