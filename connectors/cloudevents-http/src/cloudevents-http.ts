import { Type, type Static } from '@sinclair/typebox';
import type { Answer, Connector, ConnectorType } from '@takt/backing-system';
import {
  configureHttp,
  HTTP_SETTINGS,
  HttpReplyTooLargeError,
  HttpUnreachableError,
  readText,
  type HttpClient,
} from '@takt/backing-system-http';
import { readAnswer } from './answer.ts';

const Settings = Type.Object(HTTP_SETTINGS);
type Settings = Static<typeof Settings>;

/**
 * Posts each command as a CloudEvent in structured mode
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md). What responses mean:
 * answer.ts.
 */
export const cloudEventsHttp: ConnectorType = {
  name: 'cloudevents-http',
  settings: Settings,
  configure(settings: Settings, { secret }) {
    const open = configureHttp(settings, secret);
    return { connect: () => connect(open()) };
  },
};

function connect(client: HttpClient): Connector {
  const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8', accept: 'application/json' };
  return {
    async send(command, signal): Promise<Answer> {
      try {
        const reply = await client.send({ method: 'POST', headers, body: JSON.stringify(command) }, signal);
        const retryAfter = [reply.headers['retry-after']].flat()[0];
        const body = await readText(reply.body, MAX_BODY_BYTES).catch(nothingIfTooLarge);
        return readAnswer({ status: reply.status, retryAfter, body }, new Date());
      } catch (error) {
        signal.throwIfAborted();
        const { message } = error as Error;
        return {
          kind: 'DOWN',
          reason: error instanceof HttpUnreachableError ? message : `It cannot be reached: ${message}`,
        };
      }
    },
    close: () => client.close(),
  };
}

function nothingIfTooLarge(error: unknown): undefined {
  if (error instanceof HttpReplyTooLargeError) return undefined;
  throw error;
}

const MAX_BODY_BYTES = 64 * 1024;
