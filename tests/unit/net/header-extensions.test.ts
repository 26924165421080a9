import { expect, it } from 'vitest'
import { withoutCollisions } from '../../../src/net/link/header-extensions.ts'

const description = (...lines: string[]): string => [...lines, ''].join('\r\n')

it('leaves a description alone in which each number has one meaning', () => {
  const sdp = description(
    'v=0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
    'a=extmap:4/sendonly urn:ietf:params:rtp-hdrext:sdes:mid',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
    'a=extmap:8 http://www.webrtc.org/experiments/rtp-hdrext/color-space',
    'a=mid:2',
  )
  expect(withoutCollisions(sdp)).toBe(sdp)
  expect(withoutCollisions('')).toBe('')
})

it('leaves out what has the number of something else, also with a direction or attributes, and nothing besides', () => {
  const colour = 'http://www.webrtc.org/experiments/rtp-hdrext/color-space'
  const layers = 'http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00'
  const sdp = description(
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    `a=extmap:8 ${colour}`,
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    `a=extmap:8/recvonly ${layers} vp8=1`,
    `a=extmap:9 ${layers}`,
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    `a=extmap:8 ${colour}`,
    `a=extmap:9 ${colour}`,
    'a=mid:3',
  )
  expect(withoutCollisions(sdp)).toBe(
    description(
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      `a=extmap:8 ${colour}`,
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      `a=extmap:9 ${layers}`,
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      `a=extmap:8 ${colour}`,
      'a=mid:3',
    ),
  )
})
