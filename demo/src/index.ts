export { demoPlant } from './plant.ts';
export type { DemoBatch } from './plant.ts';
export type { DemoOptions, DemoSize } from './plan.ts';
export type { DemoDomain } from './messages.ts';
export { liveDemo } from './live.ts';
export type { LiveDemoOptions, LiveTally } from './live.ts';
