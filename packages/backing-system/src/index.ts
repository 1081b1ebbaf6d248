export { EXCHANGE_CHARACTERS, type Answer, type Connector, type Exchange, type Settlement } from './connector.ts';
export { observe, SYSTEM_STATES, unknown, type Health, type Observation } from './health.ts';
export { openHealths, openStatusReader, type StatusReader, type SystemStatus } from './health-store.ts';
export {
  InstanceError,
  readInstance,
  readInstances,
  type BackingSystem,
  type Configured,
  type ConnectContext,
  type ConnectorType,
  type LoadMapping,
  type Scope,
  type Setup,
} from './instances.ts';
export { OutboundQueue, OutboundQueueFullError, type Place, type Placed } from './queue.ts';
export {
  BacklogFullError,
  DocumentRejectedError,
  DocumentTooLargeError,
  MAX_DOCUMENT_BYTES,
  PROBLEMS_TOLD,
  type Checkpoints,
  type DocumentEnd,
  type NewDocument,
  type Problem,
  type RawDocument,
  type Receipt,
  type Receiver,
  type ReceiverContext,
} from './receiver.ts';
export { dueBy, readSchedule, ScheduleSetting, type Schedule } from './schedule.ts';
export { Sender, type SettledCommand } from './sender.ts';
export { SettingError } from './setting-error.ts';
export { TokenBucket, type Rate } from './token-bucket.ts';
