import type { IncomingHttpHeaders } from 'node:http';
import { readText, type HttpClient, type HttpRequest } from '@takt/backing-system-http';
import type { Version } from './settings.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What is said with each request, and what the system gave to be said again: its cookies and its token for writes. */
export class Session {
  readonly #client: HttpClient;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #csrf: boolean;
  readonly #maxBytes: number;
  readonly #cookies = new Map<string, string>();
  #token: string | undefined;

  constructor(client: HttpClient, options: SessionOptions) {
    const { version, client: sapClient, language, csrf = version === 'v2', maxBytes } = options;
    this.#client = client;
    this.#csrf = csrf;
    this.#maxBytes = maxBytes;
    this.#headers = {
      // Decimals as text: https://docs.oasis-open.org/odata/odata-json-format/v4.01/odata-json-format-v4.01.html#sec_ControllingtheRepresentationofNumber
      accept: version === 'v2' ? 'application/json' : 'application/json;IEEE754Compatible=true',
      [version === 'v2' ? 'maxdataserviceversion' : 'odata-maxversion']: version === 'v2' ? '2.0' : '4.01',
      ...(sapClient !== undefined && { 'sap-client': sapClient }),
      ...(language !== undefined && { 'accept-language': language }),
    };
  }

  get endpoint(): URL {
    return this.#client.endpoint;
  }

  /** Rejects as the client does, and for a body of more bytes than a page may have. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<Reply> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...this.#headers, ...(cookie !== '' && { cookie }), ...request.headers };
    const reply = await this.#client.send({ ...request, headers }, signal);
    this.#keepCookies([reply.headers['set-cookie'] ?? []].flat());
    const text = await readText(reply.body, this.#maxBytes);
    return { status: reply.status, headers: reply.headers, text };
  }

  /**
   * A request that changes something: with a token of the system, fetched from `service` if there is none, and fetched
   * again once if the system does not take it any more. `sent` hears when the request itself goes out.
   */
  async write(request: HttpRequest, service: string, signal: AbortSignal): Promise<Reply> {
    if (!this.#csrf) return this.send(request, signal);
    const refused = this.#token === undefined ? await this.#fetchToken(service, signal) : undefined;
    if (refused) return refused;
    const reply = await this.send(this.#withToken(request), signal);
    if (reply.status !== 403 || !/^required$/i.test(headerOf(reply, 'x-csrf-token') ?? '')) return reply;
    return (await this.#fetchToken(service, signal)) ?? this.send(this.#withToken(request), signal);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** Answers what the system said if it gave none. */
  async #fetchToken(service: string, signal: AbortSignal): Promise<Reply | undefined> {
    this.#token = undefined;
    const reply = await this.send({ method: 'GET', path: service, headers: { 'x-csrf-token': 'Fetch' } }, signal);
    if (reply.status >= 300) return reply;
    // A system that gives none asks for none.
    this.#token = headerOf(reply, 'x-csrf-token') ?? '';
    return undefined;
  }

  #withToken(request: HttpRequest): HttpRequest {
    return { ...request, headers: { ...request.headers, 'x-csrf-token': this.#token ?? '' } };
  }

  #keepCookies(lines: readonly string[]): void {
    for (const line of lines.slice(0, MAX_COOKIES)) {
      const [, name = '', value = ''] = /^\s*([^=;\s]{1,200})=([^;]{0,4000})/.exec(line) ?? [];
      if (name !== '' && (this.#cookies.has(name) || this.#cookies.size < MAX_COOKIES))
        this.#cookies.set(name, value.trim());
    }
  }
}

/** The first of a header's values. */
export function headerOf({ headers }: Pick<Reply, 'headers'>, name: string): string | undefined {
  return [headers[name]].flat()[0];
}

interface SessionOptions {
  readonly version: Version;
  readonly client?: string | undefined;
  readonly language?: string | undefined;
  readonly csrf?: boolean | undefined;
  readonly maxBytes: number;
}

const MAX_COOKIES = 20;
