import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { followIce } from '#net/signaling/ice'

const URL = 'https://inkmesh.example/ice'
const turn = (username: string) => ({ urls: ['turn:turn.example:3478'], username, credential: 'x' })
const answer = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status })

describe('STUN and TURN servers', () => {
  const fetching = vi.fn<(url: string) => Promise<Response>>()

  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('fetch', fetching)
    vi.stubGlobal('addEventListener', () => undefined)
    vi.stubGlobal('removeEventListener', () => undefined)
    vi.spyOn(console, 'info').mockReturnValue()
  })
  afterEach(() => {
    fetching.mockReset()
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
    vi.useRealTimers()
  })

  test('are those the relay names', async () => {
    fetching.mockResolvedValue(answer({ iceServers: [turn('1')], lifetime: null }))
    const ice = followIce(URL)
    expect(ice.servers()).toEqual([])
    await ice.ready
    expect(ice.servers()).toEqual([turn('1')])
    await vi.advanceTimersByTimeAsync(100 * 86_400_000)
    expect(fetching).toHaveBeenCalledTimes(1)
    ice.stop()
  })

  test('are renewed before their credentials expire', async () => {
    fetching.mockImplementation(() =>
      Promise.resolve(answer({ iceServers: [turn(String(fetching.mock.calls.length))], lifetime: 100_000 })),
    )
    const ice = followIce(URL)
    await ice.ready
    await vi.advanceTimersByTimeAsync(69_000)
    expect(ice.servers()).toEqual([turn('1')])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(ice.servers()).toEqual([turn('2')])
    ice.stop()
    await vi.advanceTimersByTimeAsync(1_000_000)
    expect(fetching).toHaveBeenCalledTimes(2)
  })

  test('are none at a stock relay, which is not asked again', async () => {
    fetching.mockResolvedValue(new Response('Not found', { status: 404 }))
    const ice = followIce(URL)
    await ice.ready
    await vi.advanceTimersByTimeAsync(10_000_000)
    expect(ice.servers()).toEqual([])
    expect(fetching).toHaveBeenCalledTimes(1)
    ice.stop()
  })

  test('do not keep anybody waiting', async () => {
    fetching.mockReturnValue(new Promise(() => undefined))
    const ice = followIce(URL)
    let isReady = false
    void ice.ready.then(() => (isReady = true))
    await vi.advanceTimersByTimeAsync(1_400)
    expect(isReady).toBe(false)
    await vi.advanceTimersByTimeAsync(200)
    expect(isReady).toBe(true)
    ice.stop()
  })

  test('are asked for again, ever more rarely, when the answer fails or makes no sense; the last good ones stay', async () => {
    const good = { iceServers: [turn('1')], lifetime: 10_000 }
    fetching.mockResolvedValueOnce(answer(good))
    fetching.mockRejectedValueOnce(new TypeError('Failed to fetch'))
    fetching.mockResolvedValueOnce(answer({ iceServers: [{ urls: 'javascript:' }], lifetime: null }))
    fetching.mockResolvedValueOnce(answer('busy', 429))
    fetching.mockResolvedValue(answer({ iceServers: [turn('2')], lifetime: null }))
    const ice = followIce(URL)
    await ice.ready
    for (const [wait, calls] of [
      [7_000, 2],
      [10_000, 3],
      [20_000, 4],
    ] as const) {
      await vi.advanceTimersByTimeAsync(wait)
      expect(fetching).toHaveBeenCalledTimes(calls)
      expect(ice.servers()).toEqual([turn('1')])
    }
    await vi.advanceTimersByTimeAsync(40_000)
    expect(ice.servers()).toEqual([turn('2')])
    ice.stop()
  })
})
