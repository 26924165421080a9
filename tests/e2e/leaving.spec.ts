/** Going from one page to another within the app, which the browser asks no questions about. */
import { expect, test } from '../support/people.ts'

/** A disk that is full for as long as `fullDisk` is set. Runs inside the page. */
function fillDisk(): void {
  const add = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'add')?.value as IDBObjectStore['add']
  IDBObjectStore.prototype.add = function (value: unknown, key?: IDBValidKey) {
    if (this.name === 'updates' && 'fullDisk' in window) {
      this.transaction.abort()
      throw new DOMException('No space left', 'QuotaExceededError')
    }
    return add.call(this, value, key)
  }
}

test('what was not on disk when its document was left gets there all the same', async ({ people }) => {
  const ada = await people.arrive('Ada', { before: [fillDisk] })
  const link = await ada.startDocument()
  await ada.type('Saved. ')
  await ada.saved()
  await ada.page.evaluate(() => Object.assign(window, { fullDisk: true }))
  await ada.type('Not yet.')
  await expect(ada.status).toContainText('Not saved on this device', { timeout: 20_000 })
  await ada.page.getByRole('link', { name: 'All documents' }).click()
  await expect(ada.page.getByRole('button', { name: 'New document' })).toBeVisible()
  await ada.page.evaluate(() => Reflect.deleteProperty(window, 'fullDisk'))
  await expect
    .poll(
      async () => {
        await ada.page.evaluate((hash) => (location.hash = hash), new URL(link).hash)
        await ada.ready()
        const text = await ada.text()
        await ada.page.getByRole('link', { name: 'All documents' }).click()
        return text
      },
      { timeout: 60_000, intervals: [1000] },
    )
    .toBe('Saved. Not yet.')
})
