/** In place of lib0/broadcastchannel in y-webrtc, which encrypts and posts all that it knows to tabs, even to none: `tabs.ts` does it. */
export const subscribe = (): void => undefined
export const unsubscribe = (): void => undefined
export const publish = (): void => undefined
