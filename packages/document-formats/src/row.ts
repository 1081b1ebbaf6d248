/** One record of a file: its place for people, and its data; or why it alone cannot be read. */
export type Row = { readonly place: string } & (
  | { readonly data: Readonly<Record<string, unknown>> }
  | { readonly fault: { readonly code: string; readonly reason: string } }
);

/** The document as a whole cannot be read, or is too much: `MALFORMED`, `TOO_LARGE`, `FORBIDDEN`. */
export class FormatError extends Error {
  constructor(
    readonly code: 'MALFORMED' | 'TOO_LARGE' | 'FORBIDDEN',
    /** Names the place. */
    readonly reason: string,
  ) {
    super(`${code}: ${reason}`);
    this.name = 'FormatError';
  }
}
