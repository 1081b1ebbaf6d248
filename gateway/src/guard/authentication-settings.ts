import type { AuthenticationOptions } from './authentication.ts';
import type { KeySource } from './token-keys.ts';

/** The environment variables that say how tokens are verified. */
export const authenticationSettings = [
  /** One of these three turns authentication on. */
  'TAKT_JWKS_URL',
  'TAKT_JWT_KEY_FILE',
  'TAKT_JWT_SECRET',
  'TAKT_JWT_ISSUER',
  'TAKT_JWT_AUDIENCE',
  /** Separated by commas. */
  'TAKT_JWT_ALGORITHMS',
  /** `on` refuses callers without a token. */
  'TAKT_JWT_REQUIRED',
] as const;

/** Undefined if tokens are not verified. Throws an Error with a message for the operator. */
export function authenticationFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): AuthenticationOptions | undefined {
  const read = (name: (typeof authenticationSettings)[number]) => env[name] || undefined;
  const sources = Object.entries({
    jwksUrl: read('TAKT_JWKS_URL'),
    file: read('TAKT_JWT_KEY_FILE'),
    secret: read('TAKT_JWT_SECRET'),
  }).filter(([, value]) => value !== undefined);
  const required = read('TAKT_JWT_REQUIRED');
  if (sources.length === 0) {
    const useless = authenticationSettings.find((name) => read(name) !== undefined);
    if (useless === undefined) return undefined;
    throw new Error(`${useless} needs TAKT_JWKS_URL, TAKT_JWT_KEY_FILE or TAKT_JWT_SECRET.`);
  }
  if (sources.length > 1) throw new Error('Set only one of TAKT_JWKS_URL, TAKT_JWT_KEY_FILE and TAKT_JWT_SECRET.');
  if (required !== undefined && required !== 'on' && required !== 'off') {
    throw new Error(`TAKT_JWT_REQUIRED=${required}: expected on or off.`);
  }
  return {
    keys: Object.fromEntries(sources) as unknown as KeySource,
    issuer: read('TAKT_JWT_ISSUER'),
    audience: read('TAKT_JWT_AUDIENCE'),
    algorithms: read('TAKT_JWT_ALGORITHMS')
      ?.split(',')
      .map((name) => name.trim()),
    required: required === 'on',
  };
}
