import { describe, expect, test } from 'vitest'
import { createLink, looksLikeLink, openLink } from '#doc/link'

const known = '#edit=ASMcXClylb-E-DRvDvp6zvdgPdZSp-iaPy5Em2HyLrubJfLS'

describe('a document link', () => {
  test('an edit link and its view link lead to the same room and database', async () => {
    const created = await createLink()
    const edit = await openLink(created.editFragment ?? '')
    const view = await openLink(created.viewFragment)
    for (const opened of [edit, view]) {
      expect(opened).toMatchObject({
        topic: created.topic,
        signalingKey: created.signalingKey,
        database: created.database,
        viewFragment: created.viewFragment,
        publicKey: created.publicKey,
      })
    }
    expect(edit?.role).toBe('edit')
    expect(view).toMatchObject({ role: 'view', editFragment: null, signingKey: null })
  })

  test('the format never changes: a link of today opens tomorrow', async () => {
    expect(await openLink(known)).toMatchObject({
      role: 'edit',
      topic: 'A47Ix_r-cxMHQEDCwj2xBg',
      signalingKey: '0X64n7GASk6OBD4Tn0SOquMhyYtxce_7PFqB0DPZrJU',
      database: 'inkmesh-i4SG7a5V7c_esZG7NE0fSQ',
      viewFragment: '#view=AeA4cK_78IkOFaYcyvl-b91L3x3ib690H8DNuFNXdA_9ZKsx-PaH91S2HXG5TnlyhmLgSPeRMcZXTtBk7bvDylOlAk4',
    })
  })

  test('what is signed with the edit link is checked with the public key of the view link', async () => {
    const created = await createLink()
    const view = await openLink(created.viewFragment)
    if (created.signingKey === null || view === null) throw new Error('the link did not open')
    const message = new TextEncoder().encode('I may write')
    const signature = await crypto.subtle.sign('Ed25519', created.signingKey, message)
    const key = await crypto.subtle.importKey('raw', view.publicKey, 'Ed25519', false, ['verify'])
    expect(await crypto.subtle.verify('Ed25519', key, signature, message)).toBe(true)
    expect(await crypto.subtle.verify('Ed25519', key, signature, message.slice(1))).toBe(false)
  })

  test('neither secret stands in what is derived from it', async () => {
    const created = await createLink()
    const secret = (created.editFragment ?? '').slice('#edit='.length + 2, -6)
    const { topic, signalingKey, database, viewFragment } = created
    for (const derived of [topic, signalingKey, database, viewFragment]) expect(derived).not.toContain(secret)
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
