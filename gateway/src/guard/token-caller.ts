import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { Caller } from './caller.ts';

/** Who a verified token stands for; undefined if it does not say. Scopes are those of `scope`, `scp` and `roles`. */
export function callerOf(claims: JWTPayload, sharing: 'subject' | 'scopes'): Caller | undefined {
  const subject = [claims.sub, claims['client_id'], claims['azp']].find(isName);
  if (subject === undefined) return undefined;
  const scopes = new Set([claims['scope'], claims['scp'], claims['roles']].flatMap(namesIn));
  const lasting = Object.entries(claims).filter(([name]) => !passing.has(name));
  const sharedBy = sharing === 'scopes' ? [] : lasting;
  return {
    subject,
    scopes,
    expiresAt: claims.exp === undefined ? undefined : claims.exp * 1000,
    sharingKey: createHash('sha256')
      .update(JSON.stringify([[...scopes].sort(), sharedBy]))
      .digest('base64url'),
    claims,
  };
}

/** Claims of which no answer depends. */
const passing = new Set(['exp', 'iat', 'nbf', 'jti']);

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return value.split(' ').filter(isName);
  return Array.isArray(value) ? value.filter(isName) : [];
}
