import { Type, type Static } from '@sinclair/typebox';
import { SettingError, type Answer, type Connector, type ConnectorType } from '@takt/backing-system';
import { Agent, request } from 'undici';
import { readAnswer } from './answer.ts';

const variable = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' });
const Settings = Type.Object({
  /** Where commands are posted to. */
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
});
type Settings = Static<typeof Settings>;

/**
 * Posts each command as a CloudEvent in structured mode
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md). What responses mean:
 * answer.ts.
 */
export const cloudEventsHttp: ConnectorType = {
  name: 'cloudevents-http',
  settings: Settings,
  configure({ endpoint, credentials }: Settings, secret) {
    const url = endpointUrl(endpoint);
    const authorization = authorizationOf(credentials, secret);
    return () => connect(url, authorization);
  },
};

function connect(url: URL, authorization: string | undefined): Connector {
  const agent = new Agent({ connections: 1, pipelining: 1 });
  const headers = {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    accept: 'application/json',
    ...(authorization !== undefined && { authorization }),
  };
  return {
    async send(command, signal): Promise<Answer> {
      const body = JSON.stringify(command);
      try {
        const response = await request(url, { method: 'POST', dispatcher: agent, headers, body, signal });
        const retryAfter = [response.headers['retry-after']].flat()[0];
        const text = await readText(response.body);
        return readAnswer({ status: response.statusCode, retryAfter, body: text }, new Date());
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'DOWN', reason: `It cannot be reached: ${reasonOf(error)}` };
      }
    },
    close: () => agent.destroy(),
  };
}

/** Undefined if it is longer than anybody reads. */
async function readText(body: AsyncIterable<Buffer>): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const MAX_BODY_BYTES = 64 * 1024;

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
