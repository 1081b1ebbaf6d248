export { type KeptCheckpoint } from './checkpoints.ts';
export { dryRun, type DryRunOptions, type DryRunPart } from './dry-run.ts';
export type { CommandSettled, Exchange, ExchangeOptions, InstanceStatus } from './exchange.ts';
export { MessageHandlingError } from './handling.ts';
export {
  INTEGRATION_MESSAGES,
  INTEGRATION_RESULTS,
  type IntegrationMessage,
  type IntegrationStatus,
  type RecordResult,
  type RecordResults,
} from './integration-message.ts';
export {
  openIntegrationReader,
  type FoundMessage,
  type IntegrationReader,
  type MessageFilter,
  type MessagePage,
  type MessageQuery,
  type RawQuery,
  type RawText,
  type ResultPage,
  type ResultPlace,
  type ResultQuery,
} from './reader.ts';
export { startExchange } from './start-exchange.ts';
export { HealthTeller, type TellOptions } from './tell-health.ts';
