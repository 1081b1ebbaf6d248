export type { Answer, Connector, Settlement } from './connector.ts';
export { SYSTEM_STATES, type Health } from './health.ts';
export { openStatusReader, type StatusReader, type SystemStatus } from './health-store.ts';
export { InstanceError, readInstances, SettingError, type BackingSystem, type ConnectorType } from './instances.ts';
export { OutboundQueue, OutboundQueueFullError, type Place, type Placed } from './queue.ts';
export { Sender } from './sender.ts';
