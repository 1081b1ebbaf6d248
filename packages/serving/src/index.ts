export { guardHost } from './host.ts';
export { endOfStdin } from './stdin.ts';
export { BodyTooLarge, readBody } from './request-body.ts';
export { guardUpgrades } from './upgrade.ts';
