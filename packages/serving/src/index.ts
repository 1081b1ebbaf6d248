export { closeServer, type CloseOptions } from './close-server.ts';
export { guardHost } from './host.ts';
export { BodyTooLarge, readBody } from './request-body.ts';
export { healthOf, stopMessage, tellHealth, type Health, type Stop } from './supervision.ts';
export { toldToStop } from './told-to-stop.ts';
export { guardUpgrades } from './upgrade.ts';
