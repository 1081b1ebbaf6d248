import type { Connector } from '@takt/backing-system';
import type { CloudEvent } from '@takt/event-log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_CROSS_REFERENCES } from '@takt/mapping';
import { cloudEventsHttp } from './cloudevents-http.ts';
import { startPeer, type Peer } from './peer.fixture.ts';

const COMMAND: CloudEvent = {
  specversion: '1.0',
  id: 'production-orders/PÖ-1/schedule-revision/1',
  source: 'takt/production-orders',
  type: 'ApplyScheduleRevision',
  subject: 'PÖ-1',
  time: '2026-11-23T08:00:00Z',
  datacontenttype: 'application/json',
  dataschema: 'ApplyScheduleRevision.v1',
  correlationid: 'key-1',
  cause: 'CAPACITY',
  data: { id: 'PÖ-1', number: 1 },
};
const { signal } = new AbortController();

let erp: Peer;
const opened: Connector[] = [];
beforeEach(async () => void (erp = await startPeer()));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connector) => connector.close()));
  await erp.close();
});

function connect(settings: object = {}, env: Readonly<Record<string, string>> = {}): Connector {
  const connector = cloudEventsHttp.configure({ endpoint: erp.url, ...settings } as never, {
    secret: (_field, variable) => env[variable] ?? '',
    system: 'erp/P100',
    folder: '/',
    mapping: undefined,
  }).connect!({ crossReferences: NO_CROSS_REFERENCES });
  opened.push(connector);
  return connector;
}

describe('a command', () => {
  it('is posted as a CloudEvent in structured mode, and its answer is read', async () => {
    expect(await connect().send(COMMAND, signal)).toEqual({ kind: 'APPLIED' });
    expect(erp.requests[0]).toMatchObject({
      event: COMMAND,
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    });
    expect(erp.requests[0]?.headers.authorization).toBeUndefined();
  });

  it.each([
    [{ bearer: 'ERP_TOKEN' }, 'Bearer t0ken'],
    [{ basic: { user: 'ERP_USER', password: 'ERP_PASSWORD' } }, `Basic ${btoa('takt:s3cret')}`],
  ])('carries credentials from the environment: %j', async (credentials, authorization) => {
    const env = { ERP_TOKEN: 't0ken', ERP_USER: 'takt', ERP_PASSWORD: 's3cret' };
    await connect({ credentials }, env).send(COMMAND, signal);
    expect(erp.requests[0]?.headers.authorization).toBe(authorization);
  });

  it('meets a system that is not there, and one that hangs up', async () => {
    erp.behave({ kind: 'RESETS' });
    const connector = connect();
    expect(await connector.send(COMMAND, signal)).toMatchObject({ kind: 'DOWN' });
    await erp.close();
    expect(await connector.send(COMMAND, signal)).toEqual({
      kind: 'DOWN',
      reason: 'It cannot be reached: ECONNREFUSED',
    });
    erp = await startPeer(Number(new URL(erp.url).port));
    expect(await connector.send(COMMAND, signal)).toEqual({ kind: 'APPLIED' });
  });

  it('is let go of when it takes too long, also by closing', async () => {
    erp.behave({ kind: 'SILENT' });
    const stopped = new AbortController();
    const sending = connect().send(COMMAND, stopped.signal);
    const rejected = expect(sending).rejects.toThrow('closed');
    await expect.poll(() => erp.requests.length).toBe(1);
    stopped.abort(new Error('closed'));
    await rejected;
  });

  it('is not sent where a redirection points', async () => {
    erp.behave({ kind: 'ANSWERS', status: 307 });
    expect(await connect().send(COMMAND, signal)).toEqual({ kind: 'WRONG', reason: 'HTTP 307.' });
  });

  it('is not answered by more than 64 KiB', async () => {
    erp.behave({ kind: 'ANSWERS', status: 200, body: ' '.repeat(70_000) });
    expect((await connect().send(COMMAND, signal)).kind).toBe('WRONG');
  });
});

it.each([
  [{ endpoint: 'erp.example/commands' }, 'https://'],
  [{ endpoint: 'ftp://erp.example' }, 'https://'],
  [{ endpoint: 'https://takt:s3cret@erp.example' }, 'name them under credentials'],
  [{ credentials: { bearer: 'SPLIT' } }, 'no bearer token may'],
  [{ credentials: { basic: { user: 'COLON', password: 'ERP' } } }, 'has no colon'],
])('refuses settings that make no sense, and repeats no secret: %j', (settings, message) => {
  const env = { SPLIT: 's3cret\r\nx: y', COLON: 's3cret:x', ERP: 'x' };
  expect(() => connect(settings, env)).toThrow(message);
  expect(() => connect(settings, env)).not.toThrow('s3cret');
});
