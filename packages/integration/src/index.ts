export {
  INTEGRATION_MESSAGES,
  type IntegrationMessage,
  type IntegrationStatus,
  type RecordResult,
  type RecordResults,
} from './integration-message.ts';
export type { Exchange, ExchangeOptions, InstanceStatus } from './exchange.ts';
export { HealthTeller, type TellOptions } from './tell-health.ts';
