export type {
  Aggregate,
  AnyAggregate,
  Decision,
  DecisionContext,
  Governed,
  Origin,
  Provenance,
  Refusal,
  Typed,
} from './aggregate.ts';
export { systemClock } from './clock.ts';
export type { Clock } from './clock.ts';
export { DeadLetterError } from './dead-letters.ts';
export type { DeadLetterQuery, DeadLetters, HandlingInput } from './dead-letters.ts';
export { eventSchemasOf } from './event-versions.ts';
export { placeOf } from './event-id.ts';
export type { EventPlace } from './event-id.ts';
export { inboundMessage } from './inbound-message.ts';
export type { MessageInput } from './inbound-message.ts';
export { IntakeBusyError, IntakeUnavailableError } from './intake-port.ts';
export type { InboundMessage, Intake, Outcome } from './intake-port.ts';
export { openIntake } from './intake.ts';
export type { IntakeLimits, IntakeOptions, OpenIntake } from './intake.ts';
export type { Handling, InboxEntry, InboxQuery, InboxReader, MessageStatus } from './inbox.ts';
export { readInbox } from './inbox.ts';
export { defineMasterRecord } from './master-record.ts';
export type { MasterRecord, MasterRecordDefinition, RecordChange } from './master-record.ts';
export { latestProvenance, olderThanKnown, originOf } from './provenance.ts';
