import type { IncomingHttpHeaders } from 'node:http';
import { Type, type Static, type TObject } from '@sinclair/typebox';
import { SettingError } from '@takt/backing-system';
import { Agent, request } from 'undici';

const variable = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' });

/** What the file of an instance says that is reached over HTTP. */
export const HTTP_SETTINGS = {
  endpoint: Type.String({ maxLength: 2000 }),
  /** Names of the environment variables that hold them. */
  credentials: Type.Optional(
    Type.Union([
      Type.Object({ bearer: variable }, { additionalProperties: false }),
      Type.Object(
        { basic: Type.Object({ user: variable, password: variable }, { additionalProperties: false }) },
        { additionalProperties: false },
      ),
    ]),
  ),
};
type Settings = Static<TObject<typeof HTTP_SETTINGS>>;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'MERGE' | 'DELETE' | 'HEAD';
  /** Appended to the endpoint, or a URL of the same origin, such as that of a next page. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** To be read to its end, or destroyed: see {@link readText}. */
  readonly body: AsyncIterable<Buffer>;
}

export interface HttpClient {
  readonly endpoint: URL;
  /** Redirections are not followed. Rejects if the system cannot be reached, without its credentials in the message. */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply>;
  close(): Promise<void>;
}

/**
 * Checks endpoint and credentials, and answers how to open a client. Throws SettingError; reads secrets by `secret`.
 * `connections` at once.
 */
export function configureHttp(
  { endpoint, credentials }: Settings,
  secret: (field: string, variable: string) => string,
  connections = 1,
): () => HttpClient {
  const url = endpointUrl(endpoint);
  const authorization = authorizationOf(credentials, secret);
  return () => open(url, authorization, connections);
}

function open(endpoint: URL, authorization: string | undefined, connections: number): HttpClient {
  const agent = new Agent({ connections, pipelining: 1 });
  return {
    endpoint,
    async send({ method, path = '', headers = {}, body }, signal) {
      const url = resolve(endpoint, path);
      const all = { ...headers, ...(authorization !== undefined && { authorization }) };
      try {
        const reply = await request(url, {
          method: method as 'GET',
          dispatcher: agent,
          headers: all,
          ...(body !== undefined && { body }),
          signal,
        });
        return { status: reply.statusCode, headers: reply.headers, body: reply.body as AsyncIterable<Buffer> };
      } catch (error) {
        signal.throwIfAborted();
        throw new HttpUnreachableError(reasonOf(error));
      }
    },
    close: () => agent.destroy(),
  };
}

/** It cannot be reached; the reason is a code or a message that repeats no credentials. */
export class HttpUnreachableError extends Error {
  constructor(readonly reason: string) {
    super(`It cannot be reached: ${reason}`);
    this.name = 'HttpUnreachableError';
  }
}

export class HttpReplyTooLargeError extends Error {
  constructor(limit: number) {
    super(`It answered with more than ${limit} bytes.`);
    this.name = 'HttpReplyTooLargeError';
  }
}

/** A reply's body as text. Throws {@link HttpReplyTooLargeError} if it is longer than `limit` bytes. */
export async function readText(body: AsyncIterable<Buffer>, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > limit) throw new HttpReplyTooLargeError(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Credentials go to the endpoint's origin only. */
function resolve(endpoint: URL, path: string): URL {
  if (path === '') return endpoint;
  const base = endpoint.href.replace(/\/?(\?.*)?$/, '/');
  const url = new URL(/^https?:/.test(path) ? path : path.replace(/^\/+/, ''), base);
  if (url.origin !== endpoint.origin) throw new HttpUnreachableError(`it points to another place, ${url.origin}`);
  return url;
}

function endpointUrl(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new SettingError('endpoint', 'It must be an https:// or http:// URL.');
  }
  if (url.username || url.password) {
    throw new SettingError('endpoint', 'It must hold no user and no password: name them under credentials.');
  }
  return url;
}

function authorizationOf(
  credentials: Settings['credentials'],
  secret: (field: string, variable: string) => string,
): string | undefined {
  if (!credentials) return undefined;
  if ('bearer' in credentials)
    return `Bearer ${headerSafe('credentials.bearer', secret('credentials.bearer', credentials.bearer))}`;
  const user = secret('credentials.basic.user', credentials.basic.user);
  const password = secret('credentials.basic.password', credentials.basic.password);
  if (user.includes(':')) throw new SettingError('credentials.basic.user', 'A user of basic credentials has no colon.');
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function headerSafe(field: string, token: string): string {
  if (/^[\x21-\x7e]*$/.test(token)) return token;
  throw new SettingError(
    field,
    'The variable holds what no bearer token may: letters, digits and -._~+/= are allowed.',
  );
}

/** The code or message alone: causes may repeat the URL, never the credentials. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
