/** That what is asked, or the whole contract, will go. */
export interface DeprecationNotice {
  /** The operation's name; absent if it is about the contract that a websocket pins. */
  readonly operation?: string;
  /** The version served. */
  readonly contract?: string;
  /** Since when it should not be used any more. */
  readonly deprecation?: Date;
  /** From when on it is not served any more. */
  readonly sunset?: Date;
  /** What to do about it. */
  readonly link?: string;
}

/** Of an answer's `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link`; undefined if it has neither of the first. */
export function noticeOfHeaders(
  headers: { get(name: string): string | null },
  url: string,
): Omit<DeprecationNotice, 'operation'> | undefined {
  const link = /<([^>]*)>[^,]*;\s*rel="?deprecation"?/i.exec(headers.get('link') ?? '')?.[1];
  return notice(headers.get('takt-contract'), headers.get('deprecation'), headers.get('sunset'), link, url);
}

/** Of the payload with which a websocket is acknowledged. */
export function noticeOfAck(payload: unknown, url: string): DeprecationNotice | undefined {
  const { contract, deprecation, sunset, link } = Object(payload) as Readonly<Record<string, unknown>>;
  return notice(contract, deprecation, sunset, link, url);
}

/** Each operation's once, the contract's once. */
export function onceEach(
  tell: ((notice: DeprecationNotice) => void) | undefined,
): (notice: DeprecationNotice | undefined) => void {
  const told = new Set<string | undefined>();
  return (notice) => {
    if (!tell || !notice || told.has(notice.operation)) return;
    told.add(notice.operation);
    tell(notice);
  };
}

function notice(
  contract: unknown,
  deprecation: unknown,
  sunset: unknown,
  link: unknown,
  url: string,
): Omit<DeprecationNotice, 'operation'> | undefined {
  const since = dateOf(deprecation);
  const until = dateOf(sunset);
  if (!since && !until) return undefined;
  return {
    ...(typeof contract === 'string' && { contract }),
    ...(since && { deprecation: since }),
    ...(until && { sunset: until }),
    ...(typeof link === 'string' && { link: new URL(link, url).href }),
  };
}

/** Of `@` and seconds, of an HTTP date, or of a day. */
function dateOf(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const date = new Date(/^@\d+$/.test(value) ? Number(value.slice(1)) * 1_000 : value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
