export { demoPlant } from './plant.ts';
export type { DemoBatch } from './plant.ts';
export type { DemoOptions, DemoSize } from './plan.ts';
export type { DemoDomain } from './messages.ts';
export { liveDemo } from './live.ts';
export type { LiveDemoOptions, LiveTally } from './live.ts';
export { CONTROL_FILE, type SystemFaults } from './systems/control.ts';
export { LIVE, SYSTEMS_MAIN, type SystemsTold } from './systems/told.ts';
export { PEER_FAULTS, type PeerFault } from './peers/peer.ts';
