import { GraphQLError } from 'graphql';

/** Every fault that a subgraph throws at its caller. A refused command is a value, not a fault. */
const FAULTS = {
  BAD_USER_INPUT: 'BAD_USER_INPUT',
  CURSOR_INVALID: 'CURSOR_INVALID',
  CURSOR_EXPIRED: 'CURSOR_EXPIRED',
  INTAKE_BUSY: 'INTAKE_BUSY',
} as const;

export function fault(
  code: keyof typeof FAULTS,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { ...extensions, code: FAULTS[code] } });
}
