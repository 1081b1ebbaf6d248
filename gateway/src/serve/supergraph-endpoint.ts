import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyTooLarge, readBody } from '@takt/serving';
import { SupergraphRefused } from '../supergraph/supergraph.ts';
import { adminOnly } from './admin-token.ts';
import { answerError, answerJson } from './answer.ts';
import type { GatewayVersions } from './gateway-versions.ts';

/**
 * Takes a supergraph's SDL by POST from who has the token; `POST /supergraph/rollback` goes back to the one that was
 * served before. Answers, when it serves: 200 and the status; when it is refused: 422 and the reasons, and everything is
 * as before; 409 when there is nothing to go back to.
 */
export function supergraphEndpoint(
  versions: GatewayVersions,
  adminToken: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const isAdmin = adminOnly(adminToken);

  const answering = async (response: ServerResponse, change: () => Promise<void>): Promise<void> => {
    try {
      await change();
    } catch (error) {
      if (!(error instanceof SupergraphRefused)) throw error;
      versions.failed(error);
      answerJson(response, 422, { errors: error.message.split('\n').map((message) => ({ message })) });
    }
  };

  const rollBack = (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    request.resume();
    return answering(response, async () => {
      if (await versions.rollBack()) answerJson(response, 200, versions.status());
      else answerError(response, 409, 'There is nothing to go back to: no other supergraph has been served before.');
    });
  };

  return async (request, response) => {
    if (!isAdmin(request, response)) return;
    if (request.method !== 'POST') {
      answerError(response, 405, 'The supergraph comes by POST.', { allow: 'POST' });
      return;
    }
    if (request.url?.split('?', 1)[0] === '/supergraph/rollback') return rollBack(request, response);
    let sdl: string;
    try {
      sdl = await readBody(request, maxBytes);
    } catch (error) {
      if (!(error instanceof BodyTooLarge)) answerError(response, 400, 'The supergraph is not UTF-8.');
      else answerError(response, 413, `The supergraph is larger than ${maxBytes} bytes.`, { connection: 'close' });
      request.resume();
      return;
    }
    await answering(response, async () => {
      await versions.offer(sdl);
      answerJson(response, 200, versions.status());
    });
  };
}

const maxBytes = 32 * 1024 * 1024;
