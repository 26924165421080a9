import { control, devicesOn, expectToHear, flowOf, joinHuddle, leaveHuddle, watchDevices } from '../support/calls.ts'
import { launchOptions } from '../support/launch.ts'
import { expect, test } from '../support/people.ts'
import { writeVoice } from '../support/voice-file.ts'

test.use({
  launchOptions: {
    ...launchOptions,
    args: [...(launchOptions.args ?? []), `--use-file-for-fake-audio-capture=${writeVoice()}`],
  },
})

declare global {
  interface Window {
    players: HTMLAudioElement[]
  }
}

/** Remembers what sound is played with. Runs inside the page, before the app. */
function watchPlayers(): void {
  window.players = []
  window.Audio = new Proxy(Audio, {
    construct: (target, args: unknown[]) => {
      const player = Reflect.construct(target, args) as HTMLAudioElement
      window.players.push(player)
      return player
    },
  })
}

test('the same person on a second device joins without sound: no echo, no second voice', async ({ people }) => {
  const before = [watchDevices, watchPlayers]
  const [laptop, phone, ben] = [
    await people.arrive('Ada', { before }),
    await people.arrive('Ada', { before }),
    await people.arrive('Ben', { before }),
  ]
  const link = await laptop.startDocument()
  await Promise.all([phone.open(link), ben.open(link)])
  for (const person of [laptop, phone, ben]) await person.meets(2)
  // Joined before, alone: the next time it would be at once.
  await joinHuddle(phone)
  await leaveHuddle(phone)
  await joinHuddle(laptop)
  await joinHuddle(ben)
  await expectToHear(laptop)

  await phone.page.getByRole('button', { name: /^Join the huddle/u }).click()
  const dialog = phone.page.getByRole('dialog', { name: 'Join the huddle' })
  await expect(dialog.getByText('Ada is in the huddle already.')).toBeVisible()
  await dialog.getByRole('button', { name: 'Join without sound' }).click()
  await control(phone, 'Unmute').waitFor()
  expect(await devicesOn(phone)).toEqual([])
  const audible = (person: typeof phone): Promise<number> =>
    person.page.evaluate(() => window.players.filter(({ srcObject, muted }) => srcObject !== null && !muted).length)
  // It comes, so that one sees who speaks, and is not heard.
  const { voicePackets } = await flowOf(phone)
  await expect.poll(async () => (await flowOf(phone)).voicePackets).toBeGreaterThan(voicePackets)
  await expect(phone.page.locator('.tile.speaking')).not.toHaveCount(0)
  expect(await audible(phone)).toBe(0)
  expect(await audible(laptop)).toBe(1)
  expect((await flowOf(phone)).voiceSent).toBe(0)

  await phone.page.getByRole('button', { name: 'Turn the sound on' }).click()
  expect(await audible(phone)).toBe(2)
  await expect(phone.page.getByText('Without sound here')).toHaveCount(0)

  // Somebody else is not asked.
  await leaveHuddle(ben)
  await joinHuddle(ben)
  await expectToHear(ben)
})
