/**
 * With which code a websocket is closed after each of its operations has got an error with the name as its `code`. All
 * other codes are those of graphql-transport-ws. The reason is the name and, where it fits, the cursor to resume from.
 */
export const closeCodes = {
  /** Connect again and go on from the cursor: graphql-ws clients do connect again. */
  SUBSCRIBER_TOO_SLOW: 4480,
  /** Connect again with a new token: graphql-ws clients do connect again. */
  CALLER_EXPIRED: 4403,
  /** Connecting again does not help. */
  CALLER_REVOKED: 4401,
} as const;

export type ClosingCode = keyof typeof closeCodes;

export function isClosingCode(code: unknown): code is ClosingCode {
  return typeof code === 'string' && Object.hasOwn(closeCodes, code);
}
