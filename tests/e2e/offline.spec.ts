import { expect, expectDataChannel, expectEqual, test } from '../support/people.ts'

const count = (text: string, part: string): number => text.split(part).length - 1

test('two people keep both edits made offline, through a reload, each once', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.type('The same paragraph.')
  await ada.page.keyboard.press('Enter')
  await ada.type('Of Ada:')
  await ada.page.keyboard.press('Enter')
  await ada.type('Of Ben:')
  await ben.sees('Of Ben:')
  await Promise.all([ada, ben].map((person) => person.offlineReady()))

  await Promise.all([ada.cut(), ben.cut(), people.relay.stop()])
  await ada.placeCaret(0, 'The same'.length)
  await ada.type(' (ada was here)')
  await ada.placeCaret(1, 'Of Ada:'.length)
  await ada.type(' apples')
  await ben.placeCaret(0, 'The same paragraph'.length)
  await ben.type(' (ben was here)')
  await ben.placeCaret(2, 'Of Ben:'.length)
  await ben.type(' pears')

  // The relay is gone: the app itself comes from the service worker, the document from this device.
  await Promise.all([ada, ben].map(async (person) => person.saved().then(() => person.reload())))
  expect(await ada.text()).toBe('The same (ada was here) paragraph.\nOf Ada: apples\nOf Ben:')
  expect(await ben.text()).toBe('The same paragraph (ben was here).\nOf Ada:\nOf Ben: pears')
  await expect(ada.status).toContainText(/Saved on this device/u)

  await Promise.all([ada.heal(), ben.heal(), people.relay.restart()])
  await Promise.all([ada.meets(1), ben.meets(1)])
  const text = await expectEqual([ada, ben])
  expect(text).toBe('The same (ada was here) paragraph (ben was here).\nOf Ada: apples\nOf Ben: pears')
  for (const part of ['(ada was here)', '(ben was here)', 'apples', 'pears']) expect(count(text, part)).toBe(1)
  await expectDataChannel(ada, ben)
})

test('when everyone has left, one comes back without network and finds everything', async ({ people }) => {
  const [ada, ben, link] = await people.pair()
  await ada.type('Left behind by Ada. ')
  await ben.sees('Left behind')
  await ben.type('And by Ben.')
  await ada.sees('And by Ben.')
  await ada.offlineReady()
  await ada.saved()
  await ben.page.close()
  await ada.page.close()
  await people.relay.stop()

  const again = await ada.openTab()
  await again.open(link)
  expect(await again.text()).toBe('Left behind by Ada. And by Ben.')
  await again.goHome()
  await expect(again.page.getByRole('list', { name: 'My documents' })).toContainText('Left behind by Ada.')
  await again.page.close()
})
