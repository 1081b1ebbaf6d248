import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { authenticationFromEnvironment, authenticationSettings } from './authentication-settings.ts';
import { AuthenticationFailed, createAuthentication } from './authentication.ts';
import type { Authenticate, AuthenticationOptions } from './authentication.ts';
import { anonymous } from './caller.ts';

const secret = 'a secret that is long enough to sign with';
const keys = { secret };
const noon = Date.parse('2026-03-02T12:00:00Z');
const inAnHour = noon / 1000 + 3600;

function token(claims: JWTPayload = {}, signedBy = secret, alg = 'HS256'): Promise<string> {
  return new SignJWT({ sub: 'ada', exp: inAnHour, ...claims })
    .setProtectedHeader({ alg })
    .sign(new TextEncoder().encode(signedBy));
}

async function authentication(options: Partial<AuthenticationOptions> = {}): Promise<Authenticate> {
  return createAuthentication({ keys, now: () => noon, ...options });
}

const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof AuthenticationFailed)) throw new Error('was not refused', { cause: error });
  expect(error.errors[0]?.extensions['code']).toBe(error.code);
  expect(error.status).toBe(error.code === 'UNAUTHENTICATED' ? 401 : 503);
  expect(error.challenge).toMatch(/^Bearer/);
  return error.message;
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-keys-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function fileOf(text: string): Promise<string> {
  const path = join(directory, `keys-${Math.random()}`);
  await writeFile(path, text);
  return path;
}

describe('a good token', () => {
  test('says who asks, with what scopes and until when', async () => {
    const claims = { scope: 'stock plan', scp: ['cost'], roles: ['planner', 7] };
    expect(await (await authentication())(bearer(await token(claims)))).toMatchObject({
      subject: 'ada',
      scopes: new Set(['stock', 'plan', 'cost', 'planner']),
      expiresAt: inAnHour * 1000,
      claims: { sub: 'ada', scope: 'stock plan' },
    });
  });

  test('may name a client instead of a subject', async () => {
    const authenticate = await authentication();
    const claims = { client_id: 'robot', sub: undefined } as unknown as JWTPayload;
    expect((await authenticate(bearer(await token(claims)))).subject).toBe('robot');
  });

  test.each([
    ['authorization', (text: string) => ({ authorization: text })],
    ['Authorization', (text: string) => ({ Authorization: text })],
    ['headers', (text: string) => ({ headers: { Authorization: text } })],
  ])('comes in connection_init as %s, before the header of the request', async (_name, params) => {
    const authenticate = await authentication();
    const caller = await authenticate(bearer('bad'), params(`Bearer ${await token()}`));
    expect(caller.subject).toBe('ada');
  });

  test('comes with the upgrade of a websocket', async () => {
    const authenticate = await authentication();
    expect((await authenticate(bearer(await token()), {})).subject).toBe('ada');
    expect(await authenticate({}, {})).toBe(anonymous);
  });

  test('shares with those whose token says the same, times aside', async () => {
    const keyOf = async (claims: JWTPayload, sharing?: 'scopes') =>
      (await (await authentication({ sharing }))(bearer(await token(claims)))).sharingKey;
    const key = await keyOf({ scope: 'a b' });
    expect(await keyOf({ scope: 'a b', exp: inAnHour + 1, jti: 'x', iat: 1 })).toBe(key);
    expect(await keyOf({ scope: 'a b', plant: 'x' })).not.toBe(key);
    expect(await keyOf({ scope: 'a' })).not.toBe(key);
    expect(await keyOf({ scope: 'a b', sub: 'bob' })).not.toBe(key);
    expect(await keyOf({ scope: 'a b', sub: 'bob' }, 'scopes')).toBe(await keyOf({ scope: 'b a' }, 'scopes'));
    expect(await keyOf({}, 'scopes')).not.toBe(anonymous.sharingKey);
  });

  test('is verified once, until it ends or five minutes have passed', async () => {
    let now = noon;
    const authenticate = await authentication({ now: () => now });
    const headers = bearer(await token());
    const caller = await authenticate(headers);
    expect(await authenticate(headers)).toBe(caller);
    now += 5 * 60_000;
    expect(await authenticate(headers)).not.toBe(caller);
    now = inAnHour * 1000 + 4_999;
    await authenticate(headers);
    now += 2;
    expect(await refusalOf(authenticate(headers))).toBe('The token has expired.');
  });
});

describe('is refused', () => {
  test.each<[string, () => Promise<string> | string, RegExp]>([
    [
      'a token that has expired',
      () => token({ iss: 'plant', aud: 'takt', exp: noon / 1000 - 6 }),
      /^The token has expired.$/,
    ],
    [
      'a token that is not good yet',
      () => token({ iss: 'plant', aud: 'takt', nbf: noon / 1000 + 6 }),
      /^The token is not valid.$/,
    ],
    ['a token signed by somebody else', () => token({ iss: 'plant', aud: 'takt' }, 'x'.repeat(40)), /not valid/],
    [
      'a token without a signature',
      () => new UnsecuredJWT({ sub: 'ada', iss: 'plant', aud: 'takt' }).encode(),
      /not valid/,
    ],
    ['a token of another algorithm', () => token({ iss: 'plant', aud: 'takt' }, secret, 'HS512'), /not valid/],
    ['a token of another issuer', () => token({ iss: 'other', aud: 'takt' }), /not valid/],
    ['a token for another audience', () => token({ iss: 'plant', aud: 'other' }), /not valid/],
    ['a token without an issuer', () => token({ aud: 'takt' }), /not valid/],
    ['what is no token', () => 'x.y.z', /not valid/],
    ['a token of nobody', () => token({ iss: 'plant', aud: 'takt', sub: '' }), /names no subject/],
    ['a token that is too long', () => 'x'.repeat(16_001), /Only "Bearer"/],
    ['an empty token', () => '', /Only "Bearer"/],
  ])('%s', async (_name, made, message) => {
    const text = await made();
    const usual = await authentication({ issuer: 'plant', audience: 'takt' });
    expect(await refusalOf(usual(bearer(text)))).toMatch(message);
  });

  test('any other kind of authorization', async () => {
    const authenticate = await authentication();
    expect(await refusalOf(authenticate({ authorization: 'Basic YTpi' }))).toMatch(/Only "Bearer"/);
    expect(await refusalOf(authenticate({}, { authorization: 7 }))).toMatch(/Only "Bearer"/);
  });

  test('a caller without a token only where one is needed', async () => {
    expect(await (await authentication())({})).toBe(anonymous);
    expect(await refusalOf((await authentication({ required: true }))({}))).toMatch(/A token is needed/);
  });
});

describe('public keys', () => {
  test('come from a file with a key set or in PEM, and only from those that fit', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const other = await generateKeyPair('RS256');
    const sign = (key: CryptoKey, alg: string) =>
      new SignJWT({ sub: 'ada', exp: inAnHour }).setProtectedHeader({ alg, kid: 'k1' }).sign(key);
    const set = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] });
    for (const text of [set, await exportSPKI(publicKey)]) {
      const authenticate = await authentication({ keys: { file: await fileOf(text) } });
      expect((await authenticate(bearer(await sign(privateKey, 'ES256')))).subject).toBe('ada');
      expect(await refusalOf(authenticate(bearer(await sign(other.privateKey, 'RS256'))))).toMatch(/not valid/);
      // The text of a public key, taken for a secret.
      expect(await refusalOf(authenticate(bearer(await token({}, text))))).toMatch(/not valid/);
    }
  });

  test('are fetched once, and a key set that cannot be had is not the fault of the token', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const text = await new SignJWT({ sub: 'ada', exp: inAnHour }).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    const jwk = { ...(await exportJWK(publicKey)), alg: 'RS256' };
    const answer = vi.fn<() => [number, string]>(() => [500, 'broken']);
    const server = createServer((_request, response) => {
      const [status, body] = answer();
      response.writeHead(status, { connection: 'close' }).end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    const authenticate = await authentication({ keys: { jwksUrl } });
    const unavailable = 'Tokens cannot be verified at the moment.';
    expect(await refusalOf(authenticate(bearer(text)))).toBe(unavailable);
    answer.mockReturnValue([200, 'no key set']);
    expect(await refusalOf(authenticate(bearer(text)))).toBe(unavailable);
    answer.mockReturnValue([200, JSON.stringify({ keys: [jwk] })]);
    answer.mockClear();
    expect((await authenticate(bearer(text))).subject).toBe('ada');
    expect(await refusalOf(authenticate(bearer(await token())))).toMatch(/not valid/);
    expect(answer).toHaveBeenCalledTimes(1);
    server.close();
    await once(server, 'close');
    const away = await authentication({ keys: { jwksUrl } });
    expect(await refusalOf(away(bearer(text)))).toBe(unavailable);
  });
});

describe('keys and algorithms that cannot be right are refused at once', () => {
  test.each<[string, Partial<AuthenticationOptions>, RegExp]>([
    ['no algorithm at all', { algorithms: ['none'] }, /algorithms: none/],
    ['an empty list', { algorithms: [] }, /algorithms/],
    ['a secret for public keys', { algorithms: ['RS256'] }, /a secret and the algorithms: RS256/],
    [
      'public keys for a secret',
      { keys: { jwksUrl: 'http://a' }, algorithms: ['ES256', 'HS256'] },
      /algorithms: HS256/,
    ],
    ['a short secret', { keys: { secret: 'short' } }, /at least 32 bytes/],
    ['an address that is none', { keys: { jwksUrl: 'keys' } }, /not a URL/],
    [
      'a file that is not there',
      { keys: { file: '/nowhere' } },
      /Cannot read the keys of tokens in \/nowhere \(ENOENT\)/,
    ],
  ])('%s', async (_name, options, message) => {
    await expect(authentication(options)).rejects.toThrow(message);
  });

  test('a file of something else', async () => {
    for (const text of ['hello', '{}', '']) {
      await expect(authentication({ keys: { file: await fileOf(text) } })).rejects.toThrow(/holds neither/);
    }
  });
});

describe('the environment', () => {
  test('turns authentication on', () => {
    expect(authenticationFromEnvironment({ PATH: '/bin' })).toBeUndefined();
    expect(authenticationFromEnvironment({ TAKT_JWT_SECRET: secret })).toEqual({
      keys: { secret },
      required: false,
    });
    expect(
      authenticationFromEnvironment({
        TAKT_JWKS_URL: 'https://plant.example/keys',
        TAKT_JWT_ISSUER: 'https://plant.example',
        TAKT_JWT_AUDIENCE: 'takt',
        TAKT_JWT_ALGORITHMS: 'RS256, ES256',
        TAKT_JWT_REQUIRED: 'on',
      }),
    ).toEqual({
      keys: { jwksUrl: 'https://plant.example/keys' },
      issuer: 'https://plant.example',
      audience: 'takt',
      algorithms: ['RS256', 'ES256'],
      required: true,
    });
  });

  test('is refused where it does not say which keys, or says it twice', () => {
    const of =
      (...names: string[]) =>
      () =>
        authenticationFromEnvironment(Object.fromEntries(names.map((name) => [name, 'x'])));
    expect(of('TAKT_JWT_ISSUER')).toThrow('TAKT_JWT_ISSUER needs TAKT_JWKS_URL, TAKT_JWT_KEY_FILE or TAKT_JWT_SECRET.');
    expect(of('TAKT_JWT_SECRET', 'TAKT_JWKS_URL')).toThrow('Set only one');
    expect(of('TAKT_JWT_SECRET', 'TAKT_JWT_REQUIRED')).toThrow('TAKT_JWT_REQUIRED=x: expected on or off.');
    expect(of(...authenticationSettings)).toThrow();
  });
});
