import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerError } from './answer.ts';

/** Whether a request has the administrator's bearer token; answers it with 401 if not. */
export function adminOnly(adminToken: string): (request: IncomingMessage, response: ServerResponse) => boolean {
  const expected = digestOf(adminToken);
  return ({ headers: { authorization = '' } }, response) => {
    const [, token] = /^Bearer (.+)$/i.exec(authorization) ?? [];
    if (token !== undefined && timingSafeEqual(digestOf(token), expected)) return true;
    answerError(response, 401, 'This needs the bearer token of the administrator.', {
      'www-authenticate': 'Bearer',
      connection: 'close',
    });
    return false;
  };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
