export { startConsumer } from './start-consumer.ts';
export type { ConsumerOptions, LogConsumer, RunningConsumer } from './start-consumer.ts';
