import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createLocalJWKSet, createRemoteJWKSet, errors } from 'jose';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';

/** What tokens are verified with. */
export type KeySource =
  /** A JSON Web Key Set, fetched when first needed and again when it lacks a key. */
  | { readonly jwksUrl: string }
  /** A file with a JSON Web Key Set, or with a public key or certificate in PEM. */
  | { readonly file: string }
  /** At least 32 bytes that the issuer of the tokens knows as well. Never printed. */
  | { readonly secret: string };

export interface TokenKeys {
  readonly key: JWTVerifyGetKey;
  readonly algorithms: string[];
  /** Whether a failed verification says nothing about the token. */
  readonly isFault: (error: unknown) => boolean;
}

/** Throws an Error with a message for the operator. */
export async function loadTokenKeys(source: KeySource, algorithms?: readonly string[]): Promise<TokenKeys> {
  const isSecret = 'secret' in source;
  const allowed = [...(algorithms ?? (isSecret ? secretAlgorithms : publicAlgorithms))];
  // A public key taken for a secret would let anybody sign.
  const wrong = allowed.filter((algorithm) => !(isSecret ? /^HS\d+$/ : /^(RS|PS|ES|Ed)/).test(algorithm));
  if (wrong.length > 0 || allowed.length === 0) {
    throw new Error(
      `Tokens cannot be verified by ${isSecret ? 'a secret' : 'public keys'} and the algorithms: ${wrong.join(', ')}.`,
    );
  }
  if (isSecret) {
    const secret = new TextEncoder().encode(source.secret);
    if (secret.length < 32) throw new Error('The secret of tokens needs at least 32 bytes.');
    return { key: () => secret, algorithms: allowed, isFault: () => false };
  }
  if ('file' in source) return { key: await readKeys(source.file), algorithms: allowed, isFault: () => false };
  if (!URL.canParse(source.jwksUrl)) throw new Error('The address of the key set of tokens is not a URL.');
  const key = createRemoteJWKSet(new URL(source.jwksUrl), { timeoutDuration: 5_000 });
  return { key, algorithms: allowed, isFault: isFaultOfTheKeySet };
}

const secretAlgorithms = ['HS256'];
const publicAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'];

async function readKeys(path: string): Promise<JWTVerifyGetKey> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Error(`Cannot read the keys of tokens in ${path} (${reason}).`, { cause: error });
  }
  try {
    if (text.trimStart().startsWith('{')) return createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
    const key = createPublicKey(text);
    return () => key;
  } catch (error) {
    throw new Error(`${path} holds neither a key set nor a public key in PEM.`, { cause: error });
  }
}

/** It could not be fetched, or is none; that it lacks the token's key is a fault of the token. */
function isFaultOfTheKeySet(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return (
    error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === errors.JOSEError.code
  );
}
