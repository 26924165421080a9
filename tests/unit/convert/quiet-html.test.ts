import { describe, expect, test } from 'vitest'
import { quietHtml } from '#convert/html'
import vectors from '../../fixtures/dompurify/vectors.json' with { type: 'json' }

describe('HTML made quiet', () => {
  test.each([
    ['<p style="color:red" class=a>x</p>', '<p data-style="color:red" class=a>x</p>'],
    ["<b/onclick='a>b' title=t>x", '<b title=t>x'],
    ['<IMG SRC=x ONERROR=alert(1)>', '<IMG SRC=x>'],
    ['<style>a{}</style>b', '<title>a{}</title>b'],
    ['<p>style=1 onclick=2 < 3 <b>x</b>', '<p>style=1 onclick=2 < 3 <b>x</b>'],
    ['<!-- <a b=" --><i style=x>y</i>', '<i data-style=x>y</i>'],
    ['<script>if (a<b && "</b>) x</script><i onload=x>y', '<script>if (a<b && "</b>) x</script><i>y'],
    ['<a title="a > b" onclick="x>y">z</a>', '<a title="a > b">z</a>'],
    ['<a style', '<a data-style'],
    ['<a onx="', '<a'],
    ['<svg viewBox=a ><path/></svg>x', '<template viewBox=a ><path/></template>x'],
    ['<svg a=b />x<math/>y', '<template a=b></template>x<template></template>y'],
    ['<', '<'],
    ['', ''],
  ])('%s', (html, quiet) => {
    expect(quietHtml(html)).toBe(quiet)
  })

  test.each(vectors)('has nothing left to do for what it made of $title', ({ payload }) => {
    const quiet = quietHtml(payload)
    expect(quietHtml(quiet)).toBe(quiet)
  })

  test.each(['<', '<!--', '<a ', '<a b="', '<script>', '<!-', '</', '<style>'])(
    'takes linear time for many %j',
    (bomb) => {
      const start = performance.now()
      quietHtml(bomb.repeat(100_000))
      expect(performance.now() - start).toBeLessThan(2000)
    },
  )
})
