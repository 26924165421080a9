import { expect, test } from '../support/people.ts'

/** Makes this page's build one of the next protocol, as far as others can tell, and theirs one of ours. Runs before the app. */
function speakNextProtocol(): void {
  const [WIRE, HELLO, OURS] = [1, 0, 5]
  const isHello = (bytes: Uint8Array): boolean => bytes[0] === WIRE && bytes[1] === HELLO
  // The page itself goes on to think that it speaks ours, so what it hears is one less than that.
  const shift = (bytes: Uint8Array, by: number): void => {
    if (isHello(bytes) && bytes[2] === OURS) bytes[2] = OURS + by
  }
  const { prototype } = RTCDataChannel
  const send = Reflect.get(prototype, 'send') as (this: RTCDataChannel, data: Uint8Array<ArrayBuffer>) => void
  prototype.send = function (this: RTCDataChannel, data: unknown) {
    const bytes = Uint8Array.from(data as Uint8Array<ArrayBuffer>)
    shift(bytes, 1)
    send.call(this, bytes)
  }
  const onmessage = Object.getOwnPropertyDescriptor(prototype, 'onmessage')
  Object.defineProperty(prototype, 'onmessage', {
    set(this: RTCDataChannel, handler: (event: { data: ArrayBuffer }) => void) {
      onmessage?.set?.call(this, ({ data }: MessageEvent<ArrayBuffer>) => {
        shift(new Uint8Array(data), -1)
        handler({ data })
      })
    },
  })
}

test('two whose builds do not understand each other are told so, each what is to be done', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  await ada.type('Written by the older one.')
  const ben = await people.arrive('Ben', { before: [speakNextProtocol] })
  await ben.page.goto(link)
  await expect(ada.status).toContainText('Someone here uses a newer Inkmesh. Reload to connect with them.')
  await expect(ada.page.getByRole('status').locator('..').getByRole('button', { name: 'Reload' })).toBeVisible()
  await expect(ben.status).toContainText(
    'Someone here uses an older Inkmesh. They need to reload before you can connect.',
  )
  await ada.page.getByRole('button', { name: 'Connection details' }).click()
  const panel = ada.page.getByRole('dialog', { name: 'Your connection' })
  await expect(panel.getByText('Someone here uses a newer Inkmesh')).toBeVisible()
  await ada.page.keyboard.press('Escape')
  await ada.type(' It goes on.')
  await ada.saved()
})
