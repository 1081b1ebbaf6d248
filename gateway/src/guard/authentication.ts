import { errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { BoundedCache } from '../bounded-cache.ts';
import { gatewayError } from '../errors.ts';
import { anonymous } from './caller.ts';
import type { Caller } from './caller.ts';
import { callerOf } from './token-caller.ts';
import { loadTokenKeys } from './token-keys.ts';
import type { KeySource } from './token-keys.ts';

export interface AuthenticationOptions {
  readonly keys: KeySource;
  /** What tokens must say in `iss`; anything unless given. */
  readonly issuer?: string | undefined;
  /** What tokens must say in `aud`; anything unless given. */
  readonly audience?: string | undefined;
  /** `HS256` for a secret, else RS256, PS256, ES256 and EdDSA, unless given. */
  readonly algorithms?: readonly string[] | undefined;
  /** How much clocks may differ; 5 unless given. */
  readonly clockToleranceSeconds?: number | undefined;
  /** Refuses callers without a token; they are anonymous unless set. */
  readonly required?: boolean | undefined;
  /**
   * Who may be given what another caller was answered: by `subject`, which is the default, only one whose token says the
   * same, times aside; by `scopes` also another subject with the same scopes, which is right only if neither policies
   * nor subgraphs look at anything else.
   */
  readonly sharing?: 'subject' | 'scopes' | undefined;
  /** In ms since 1970. */
  readonly now?: (() => number) | undefined;
}

/**
 * Tells who asks by a JWT: `Authorization: Bearer` of the request, or of a websocket's `connection_init`, where
 * `authorization` and `headers.Authorization` are looked for first. Throws {@link AuthenticationFailed}.
 */
export type Authenticate = (
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  connectionParams?: Readonly<Record<string, unknown>>,
) => Promise<Caller>;

/** The caller has not shown who it is, or cannot be recognized now. The message holds nothing internal. */
export class AuthenticationFailed extends Error {
  constructor(
    readonly code: 'UNAUTHENTICATED' | 'AUTHENTICATION_UNAVAILABLE',
    message: string,
    /** `WWW-Authenticate` of an HTTP response. */
    readonly challenge: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'AuthenticationFailed';
  }

  get status(): 401 | 503 {
    return this.code === 'UNAUTHENTICATED' ? 401 : 503;
  }

  /** As in a response. */
  get errors() {
    return [gatewayError(this.code, this.message)];
  }
}

/** Loads the keys, from a file at once. Throws an Error with a message for the operator if they cannot be used. */
export async function createAuthentication(options: AuthenticationOptions): Promise<Authenticate> {
  const { keys, required = false, sharing = 'subject', clockToleranceSeconds = 5, now = Date.now } = options;
  const { key, algorithms, isFault } = await loadTokenKeys(keys, options.algorithms);
  const verified = new BoundedCache<VerifiedToken>(cacheCharacters);

  const verify = async (token: string): Promise<Caller> => {
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, key, {
        algorithms,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now()),
        ...(options.issuer !== undefined && { issuer: options.issuer }),
        ...(options.audience !== undefined && { audience: options.audience }),
      }));
    } catch (error) {
      if (isFault(error)) {
        const message = 'Tokens cannot be verified at the moment.';
        throw new AuthenticationFailed('AUTHENTICATION_UNAVAILABLE', message, 'Bearer', { cause: error });
      }
      throw badToken(error instanceof errors.JWTExpired ? 'The token has expired.' : 'The token is not valid.', error);
    }
    const caller = callerOf(payload, sharing);
    if (!caller) throw badToken('The token names no subject.');
    const expiresAt = (caller.expiresAt ?? Infinity) + clockToleranceSeconds * 1000;
    verified.set(token, { caller, until: Math.min(expiresAt, now() + keptMs) }, token.length);
    return caller;
  };

  return async (headers, connectionParams) => {
    const token = bearerToken(credentialsIn(connectionParams) ?? headers['authorization']);
    if (token === undefined) {
      if (!required) return anonymous;
      throw new AuthenticationFailed('UNAUTHENTICATED', 'A token is needed: Authorization: Bearer.', 'Bearer');
    }
    const known = verified.get(token);
    return known && now() < known.until ? known.caller : verify(token);
  };
}

/** Characters of tokens that are known to be good. */
const cacheCharacters = 4_000_000;

/** After that a token is verified again: its key may have been withdrawn. */
const keptMs = 5 * 60_000;

const maxTokenCharacters = 16_000;

function credentialsIn(connectionParams: Readonly<Record<string, unknown>> = {}): unknown {
  const named = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).find(([name]) => name.toLowerCase() === 'authorization')?.[1]
      : undefined;
  return named(connectionParams) ?? named(connectionParams['headers']);
}

function bearerToken(credentials: unknown): string | undefined {
  if (credentials === undefined) return undefined;
  const token = typeof credentials === 'string' ? /^Bearer +(\S+) *$/i.exec(credentials)?.[1] : undefined;
  if (token === undefined || token.length > maxTokenCharacters) {
    throw badToken('Only "Bearer" and a token are understood as authorization.');
  }
  return token;
}

function badToken(message: string, cause?: unknown): AuthenticationFailed {
  const description = message.replaceAll('"', "'");
  const challenge = `Bearer error="invalid_token", error_description="${description}"`;
  return new AuthenticationFailed('UNAUTHENTICATED', message, challenge, { cause });
}

interface VerifiedToken {
  readonly caller: Caller;
  /** In ms since 1970. */
  readonly until: number;
}
