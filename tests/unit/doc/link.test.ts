import { describe, expect, test } from 'vitest'
import { createLink, isPreviewLink, looksLikeLink, openLink } from '#doc/link'

const known = '#edit=AmJG0vydWL1mfZZcOaDpMMk-ae4cttQuXPDBKjJfdIKym04c'

describe('a document link', () => {
  test('each link leads to the same room and database, and to the links that give less', async () => {
    const created = await createLink()
    const edit = await openLink(created.editFragment ?? '')
    const suggest = await openLink(created.suggestFragment ?? '')
    const view = await openLink(created.viewFragment)
    for (const opened of [edit, suggest, view]) {
      expect(opened).toMatchObject({
        topic: created.topic,
        signalingKey: created.signalingKey,
        database: created.database,
        viewFragment: created.viewFragment,
        keyDigest: created.keyDigest,
      })
    }
    const { editFragment, suggestFragment } = created
    expect(edit).toMatchObject({ role: 'edit', editFragment, suggestFragment, credential: { right: 'write' } })
    expect(suggest).toMatchObject({
      role: 'suggest',
      editFragment: null,
      suggestFragment,
      credential: { right: 'suggest' },
    })
    expect(view).toMatchObject({ role: 'view', editFragment: null, suggestFragment: null, credential: null })
  })

  test('the format never changes: a link of today opens tomorrow', async () => {
    expect(await openLink(known)).toMatchObject({
      role: 'edit',
      topic: 'mdASfgSLBOg1GEQGvEd8HQ',
      signalingKey: 'zW_yO2RqlgRqHFArFwXYoDZaEnZHkSTHCxqg4rczF5o',
      database: 'inkmesh-pr826B1eRC3MmbdkUHTsIQ',
      suggestFragment:
        '#suggest=AhO2vDKRTP-WHG96VtbKbExIm17ajjZIMWQOvdX2NI7xy5QQlcB0xDM8ncbRuvY0RQqoUm4QrnE-0hdf8zn7GOGpD64',
      viewFragment: '#view=AkFjWRIVacCWfA3u-z5hWs8Ne5Ieqj6NW758gMtU6WVbIRzVxEcnYBGUwREnDCl10f11HNWLq3fgOQFZOg64dDeueXw',
    })
  })

  test('what is signed with a link is checked with a public key whose digest all links name', async () => {
    const created = await createLink()
    const suggest = await openLink(created.suggestFragment ?? '')
    for (const [i, link] of [created, suggest].entries()) {
      const { signingKey, publicKeys = new Uint8Array() } = link?.credential ?? {}
      if (signingKey === undefined) throw new Error('the link did not open')
      expect(new Uint8Array(await crypto.subtle.digest('SHA-256', publicKeys))).toEqual(created.keyDigest)
      const message = new TextEncoder().encode('I may write')
      const signature = await crypto.subtle.sign('Ed25519', signingKey, message)
      const raw = publicKeys.slice(32 * i, 32 * (i + 1))
      const key = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify'])
      expect(await crypto.subtle.verify('Ed25519', key, signature, message)).toBe(true)
      expect(await crypto.subtle.verify('Ed25519', key, signature, message.slice(1))).toBe(false)
    }
  })

  test('a link of the preview is told from a damaged one', async () => {
    const preview = '#edit=ASMcXClylb-E-DRvDvp6zvdgPdZSp-iaPy5Em2HyLrubJfLS'
    expect(await openLink(preview)).toBeNull()
    expect(isPreviewLink(preview)).toBe(true)
    expect(isPreviewLink(preview.slice(0, -1))).toBe(false)
    expect(isPreviewLink((await createLink()).editFragment ?? '')).toBe(false)
    expect(isPreviewLink('#help')).toBe(false)
  })

  test('no secret stands in what is derived from it', async () => {
    const created = await createLink()
    const secret = (created.editFragment ?? '').slice('#edit='.length + 2, -6)
    const { topic, signalingKey, database, suggestFragment, viewFragment } = created
    for (const derived of [topic, signalingKey, database, suggestFragment, viewFragment])
      expect(derived).not.toContain(secret)
    const suggestion = (suggestFragment ?? '').slice('#suggest='.length + 2, 40)
    for (const derived of [topic, signalingKey, database, viewFragment]) expect(derived).not.toContain(suggestion)
  })

  test('a link with one character changed, cut or added is told from a sound one', async () => {
    const spoilt = Array.from(known.slice(6)).flatMap((char, i) => {
      const at = 6 + i
      const other = char === 'A' ? 'B' : 'A'
      return [known.slice(0, at) + other + known.slice(at + 1), known.slice(0, at) + known.slice(at + 1)]
    })
    const opened = await Promise.all([...spoilt, `${known}A`, known.replace('edit', 'view')].map(openLink))
    expect(opened.filter((link) => link !== null)).toEqual([])
  })

  test.each(['', '#', '#edit=', '#edit=%%%', '#view=AAAA', '#settings', '#edit=' + 'A'.repeat(100_000), '#edit=é'])(
    'no document opens from %j',
    async (fragment) => {
      expect(await openLink(fragment)).toBeNull()
    },
  )

  test('a damaged link is still recognised as one that was meant', () => {
    expect(looksLikeLink('#edit=short')).toBe(true)
    expect(looksLikeLink('#help')).toBe(false)
  })
})
