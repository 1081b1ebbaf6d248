import { connect } from 'node:net';
import { receiverContext, type RecordingContext } from '@takt/backing-system/testing';
import { startPlanningPeer, type PlanningPeer, type PlanningSeries } from '@takt/demo/peers/planning';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  OTHER_SECRET,
  rawDocument,
  receiverOf,
  recordsOf,
  run,
  SECRET,
  TOKEN,
  until,
  type Running,
} from './platform.fixture.ts';
import { readSecret, sign, verifiedId } from './signature.ts';

const NOW = new Date('2026-11-23T08:00:00Z');
let now: Date;
let peer: PlanningPeer;
let context: RecordingContext;
let running: Running;
let url: string;

const item = (quantity: string): PlanningSeries => ({
  sku: 'SKU-1',
  location: 'P100',
  granularity: 'WEEK',
  unit: 'PC',
  buckets: [{ start: '2026-11-23', quantity }],
});

beforeEach(async () => {
  now = NOW;
  peer = await startPlanningPeer({ token: TOKEN, clock: () => now, redeliverMs: 5 });
  context = receiverContext('planning/cloud', () => now);
  let port = 0;
  const webhook = { port: 0, path: '/planning', secret: ['PLANNING_SECRET', 'PLANNING_SECRET_OLD'], maxBytes: 2_000 };
  const settings = { endpoint: peer.url, credentials: { bearer: 'PLANNING_TOKEN' }, refresh: {}, webhook };
  running = run(
    receiverOf(settings, (opened) => (port = opened)),
    context,
  );
  await until(() => port > 0);
  url = `http://127.0.0.1:${port}/planning`;
});

afterEach(async () => {
  await running.stop();
  await peer.close();
});

function post(id: string, body: string, { secret = SECRET, at = now, headers = {} } = {}): Promise<Response> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = sign(id, timestamp, Buffer.from(body), readSecret('', secret));
  const signed = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  return fetch(url, { method: 'POST', body, headers: { ...signed, ...headers } });
}

describe('a delivery', () => {
  it.each([SECRET, OTHER_SECRET])('signed with either secret is taken, and gives its series', async (secret) => {
    peer.publishCycle('2026-W48', { CRITICAL: [] });
    peer.deliverTo({ url, secret });
    peer.reviseItem(item('42'));
    await peer.delivered();
    expect(peer.deliveries.map(({ status }) => status)).toEqual([202]);
    const [{ attributes = {}, body, key }] = context.accepted as [RecordingContext['accepted'][number]];
    expect(key).toBe(`webhook/${peer.deliveries[0]!.id}`);
    expect(await recordsOf(rawDocument(body, attributes))).toEqual([
      {
        place: 'series 1',
        type: 'series',
        data: {
          sku: 'SKU-1',
          location: 'P100',
          granularity: 'WEEK',
          unit: 'PC',
          cycle: '2026-W48',
          publishedAt: NOW.toISOString(),
          complete: false,
          buckets: [{ start: '2026-11-23', quantity: '42' }],
        },
      },
    ]);
  });

  it('that comes twice is taken once', async () => {
    peer.deliverTo({ url, secret: SECRET });
    peer.faults.set('duplicates', true);
    peer.reviseItem(item('42'));
    await peer.delivered();
    expect(peer.deliveries.map(({ status }) => status)).toEqual([202, 202]);
    expect(context.accepted).toHaveLength(1);
    expect(context.repeated).toHaveLength(1);
  });

  it('with a wrong signature is not, until it is signed as it should be', async () => {
    peer.deliverTo({ url, secret: SECRET });
    peer.faults.set('corrupt', true);
    peer.reviseItem(item('42'));
    await until(() => peer.deliveries.length > 0);
    peer.faults.set('corrupt', false);
    await peer.delivered();
    expect(peer.deliveries[0]!.status).toBe(401);
    expect(peer.deliveries.at(-1)!.status).toBe(202);
    expect(context.accepted).toHaveLength(1);
  });

  it.each([-301, 301])('from %i seconds away is refused as a replay', async (seconds) => {
    const reply = await post('msg_1', '{}', { at: new Date(NOW.getTime() + seconds * 1000) });
    expect(reply.status).toBe(401);
    expect(context.accepted).toHaveLength(0);
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'without or with another %s is refused',
    async (name) => {
      expect((await post('msg_1', '{}', { headers: { [name]: '' } })).status).toBe(401);
      expect((await post('msg_1', '{}', { headers: { [name]: '1' } })).status).toBe(401);
      expect(context.accepted).toHaveLength(0);
    },
  );

  it('is asked for later while too many wait', async () => {
    context.fill();
    const reply = await post('msg_1', '{}');
    expect(reply.status).toBe(429);
    expect(reply.headers.get('retry-after')).toBe('30');
  });

  it('that cannot be kept is asked for later', async () => {
    context.accept = () => Promise.reject(new Error('disk full'));
    const reply = await post('msg_1', '{}');
    expect(reply.status).toBe(503);
    expect(await reply.text()).toBe('');
  });

  it('that is too long is refused, whether it says so or not', async () => {
    expect((await post('msg_1', ' '.repeat(2_001))).status).toBe(413);
    const stream = new ReadableStream({
      start(controller) {
        for (let each = 0; each < 300; each += 1) controller.enqueue(Buffer.alloc(100));
        controller.close();
      },
    });
    const status = await fetch(url, { method: 'POST', body: stream, duplex: 'half' } as RequestInit).then(
      (reply) => reply.status,
      () => 413,
    );
    expect(status).toBe(413);
    expect(context.accepted).toHaveLength(0);
  });

  it('goes to its path only, and by POST', async () => {
    expect((await fetch(`${url}/other`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(url)).status).toBe(405);
  });
});

it('listens no more once it is stopped, and leaves nobody hanging', async () => {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('POST /planning HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf');
  const closed = new Promise((resolve) => socket.on('close', resolve).on('error', () => undefined));
  await new Promise((resolve) => socket.once('connect', resolve));
  await running.stop();
  await closed;
  await expect(post('msg_1', '{}')).rejects.toThrow('fetch failed');
});

it('verifies what other senders sign', () => {
  // Of https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, signed by openssl.
  const key = readSecret('', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const body = Buffer.from('{"test": 2432232314}');
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1a,abc v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,other',
  };
  expect(verifiedId(headers, body, [key], new Date(1614265330_000))).toBe('msg_p5jXN8AQM9LWM0D4loKWxJek');
  expect(verifiedId(headers, Buffer.from('{}'), [key], new Date(1614265330_000))).toBeUndefined();
});

it.each(['whsec_', 'short', `whsec_${Buffer.alloc(23).toString('base64')}`, SECRET.slice(6)])(
  'refuses a weak secret and does not repeat it: %s',
  (secret) => {
    expect(() => readSecret('webhook.secret', secret)).toThrow('The variable must hold whsec_');
  },
);
