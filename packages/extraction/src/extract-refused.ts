/** Why there is no extract; nothing was begun. */
export const REFUSALS = [
  'EXTRACT_QUERY_INVALID',
  'EXTRACT_NOT_PAGEABLE',
  'EXTRACT_NOT_PERMITTED',
  'EXTRACT_CURSOR_INVALID',
  'EXTRACT_CURSOR_TOO_OLD',
  'EXTRACT_KEY_REUSED',
  'EXTRACTS_EXHAUSTED',
  'EXTRACT_UNAVAILABLE',
] as const;

export type RefusalCode = (typeof REFUSALS)[number];

/** The message says what to do. */
export class ExtractRefused extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
  ) {
    super(message);
    this.name = 'ExtractRefused';
  }
}
