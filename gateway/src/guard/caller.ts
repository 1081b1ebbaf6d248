/** Who asks, as far as the gateway knows. */
export interface Caller {
  /** Undefined for one that has not shown who it is. */
  readonly subject: string | undefined;
  readonly scopes: ReadonlySet<string>;
  /** When it must show anew who it is, in ms since 1970; undefined for never. */
  readonly expiresAt: number | undefined;
  /** Equal for callers that may see the same: what one was answered may be given to the other. */
  readonly sharingKey: string;
  /** All that its token says, for policies to decide by. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export const anonymous: Caller = { subject: undefined, scopes: new Set(), expiresAt: undefined, sharingKey: '' };

/** What a token says that is for the contracts of one audience only; undefined of any other. */
export function audienceOf({ claims }: Caller): unknown {
  return claims?.['takt_audience'];
}
