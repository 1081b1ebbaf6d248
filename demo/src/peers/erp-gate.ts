import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ErpReply } from './erp-service.ts';

interface GateOptions {
  readonly credentials?: { readonly user: string; readonly password: string };
  readonly rate?: { readonly perSecond: number; readonly burst: number };
  /** Whether writes take a token of the session, as SAP's gateway wants it. */
  readonly hasTokens: boolean;
}

/** Who comes in: credentials, a bucket of requests, and a token for writes. */
export class ErpGate {
  readonly #options: GateOptions;
  readonly #authorization: string | undefined;
  readonly #sessions = new Map<string, string>();
  #left: number;
  #filledAt = performance.now();

  constructor(options: GateOptions) {
    const { credentials, rate } = options;
    this.#options = options;
    this.#authorization =
      credentials && `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
    this.#left = rate?.burst ?? 0;
  }

  /** Why a request does not come in. */
  check(method: string, headers: IncomingHttpHeaders): ErpReply | undefined {
    if (this.#authorization !== undefined && headers.authorization !== this.#authorization) {
      return { status: 401, headers: { 'www-authenticate': 'Basic' }, body: '' };
    }
    const waitMs = this.#takeTurn();
    if (waitMs > 0) {
      return { status: 429, headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) }, body: '' };
    }
    if (!this.#options.hasTokens || method === 'GET' || method === 'HEAD') return undefined;
    const token = this.#sessions.get(sessionIn(headers));
    if (token !== undefined && headers['x-csrf-token'] === token) return undefined;
    return { status: 403, headers: { 'x-csrf-token': 'Required' }, body: 'CSRF token validation failed' };
  }

  /** A session and its token for who asks for it. */
  headersFor(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
    if (!this.#options.hasTokens || !/^fetch$/i.test(String(headers['x-csrf-token'] ?? ''))) return {};
    const session = randomBytes(9).toString('base64url');
    const token = randomBytes(18).toString('base64url');
    if (this.#sessions.size > MOST_SESSIONS) this.#sessions.clear();
    this.#sessions.set(session, token);
    return { 'x-csrf-token': token, 'set-cookie': `${COOKIE}=${session}; path=/; HttpOnly` };
  }

  expire(): void {
    this.#sessions.clear();
  }

  /** Milliseconds until there is room; 0 if it is taken. */
  #takeTurn(): number {
    const { rate } = this.#options;
    if (!rate) return 0;
    const now = performance.now();
    this.#left = Math.min(rate.burst, this.#left + ((now - this.#filledAt) / 1000) * rate.perSecond);
    this.#filledAt = now;
    if (this.#left < 1) return ((1 - this.#left) / rate.perSecond) * 1000;
    this.#left -= 1;
    return 0;
  }
}

function sessionIn(headers: IncomingHttpHeaders): string {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]+)`).exec(headers.cookie ?? '')?.[1] ?? '';
}

const COOKIE = 'SAP_SESSIONID';
const MOST_SESSIONS = 1_000;
