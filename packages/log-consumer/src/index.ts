export type { LogConsumer, ReplayRule } from './log-consumer.ts';
export { rebuild } from './rebuild.ts';
export type { Rebuild, Rebuilt } from './rebuild.ts';
export { countTypes, replay } from './replay.ts';
export type { LogRange, Replay } from './replay.ts';
export { rehearse } from './rehearse.ts';
export type { Difference, Rehearsal, Rehearsed } from './rehearse.ts';
export { ConsumerHeldError, startConsumer } from './start-consumer.ts';
export type { ConsumerOptions, FollowedLog, RunningConsumer } from './start-consumer.ts';
