/** What every answer of the relay tells the browser to refuse (Content Security Policy Level 3, Permissions Policy). */
export const securityHeaders = (options: { huddles: boolean }): Readonly<Record<string, string>> => ({
  // 'self' covers the WebSocket of the same host and port too. WebRTC is no matter of this policy.
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "media-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': [
    ...['camera', 'microphone', 'display-capture'].map((feature) => `${feature}=${options.huddles ? '(self)' : '()'}`),
    'geolocation=()',
    'payment=()',
    'usb=()',
    'serial=()',
    'midi=()',
  ].join(', '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
})
