import { StoreUnavailableError } from '@takt/document-store';
import { LogUnavailableError } from '@takt/event-log';
import { IntakeUnavailableError } from '@takt/intake';
import { GraphQLError } from 'graphql';

/** Every fault that a subgraph throws at its caller. A refused command is a value, not a fault. */
const FAULTS = {
  BAD_USER_INPUT: 'BAD_USER_INPUT',
  DOCUMENTS_WITHOUT_EVENTS: 'DOCUMENTS_WITHOUT_EVENTS',
  CURSOR_INVALID: 'CURSOR_INVALID',
  CURSOR_EXPIRED: 'CURSOR_EXPIRED',
  INTAKE_BUSY: 'INTAKE_BUSY',
  INTAKE_UNAVAILABLE: 'INTAKE_UNAVAILABLE',
  STORE_UNAVAILABLE: 'STORE_UNAVAILABLE',
  EVENT_LOG_UNAVAILABLE: 'EVENT_LOG_UNAVAILABLE',
} as const;

export function fault(
  code: keyof typeof FAULTS,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { ...extensions, code: FAULTS[code] } });
}

/** What clients may learn of an engine that does not answer, which is not where it is; undefined for any other error. */
export function faultOf(error: unknown): GraphQLError | undefined {
  if (error instanceof IntakeUnavailableError) {
    return fault(
      'INTAKE_UNAVAILABLE',
      'Nothing can be taken at the moment. Send it again later, with the same idempotencyKey.',
    );
  }
  if (error instanceof StoreUnavailableError) {
    return fault('STORE_UNAVAILABLE', 'The documents cannot be read at the moment. Ask again later.');
  }
  if (error instanceof LogUnavailableError) {
    return fault('EVENT_LOG_UNAVAILABLE', 'Changes cannot be followed at the moment. Subscribe again later.');
  }
  return undefined;
}
