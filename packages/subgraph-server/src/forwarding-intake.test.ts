import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  inboundMessage,
  IntakeBusyError,
  IntakeUnavailableError,
  systemClock,
  type InboundMessage,
  type Intake,
} from '@takt/intake';
import { expect, it, onTestFinished } from 'vitest';
import { Changes } from './changes.ts';
import { forwardingIntake } from './forwarding-intake.ts';
import type { DoorAddress } from './intake-door.ts';
import type { Time } from './time.ts';

const message = inboundMessage({ type: 'StockReported', source: 'wms/p100', data: { sku: 'PUMP' } }, systemClock);
const applied = (messages: readonly InboundMessage[]) =>
  messages.map(({ id }) => ({ status: 'APPLIED' as const, messageId: id, eventIds: [] }));

/** A process of the domain as the others see it: what answers at its door. */
async function process(answer: RequestListener): Promise<DoorAddress> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/intake/inventory`, token: 'x' };
}

const applies: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const messages = JSON.parse(Buffer.concat(chunks).toString()) as InboundMessage[];
    response.end(JSON.stringify(applied(messages)));
  });
};

/** Time in which nothing takes any: each wait is over at once. */
function hastyTime(): Time {
  let now = 0;
  return {
    now: () => now,
    after(ms, callback) {
      const immediate = setImmediate(() => {
        now += ms;
        callback();
      });
      return () => clearImmediate(immediate);
    },
  };
}

function senderTo(first: { local?: Intake | undefined; holder?: DoorAddress | undefined }) {
  const changes = new Changes();
  let now = first;
  const intake = forwardingIntake({ local: () => now.local, holder: () => now.holder, changes }, hastyTime());
  const move = (next: typeof first) => {
    now = next;
    changes.tell();
  };
  return { intake, move };
}

it('keeps messages here while this process writes', async () => {
  const { intake } = senderTo({ local: { receive: (messages) => Promise.resolve(applied(messages)) } });
  expect(await intake.receive([message])).toEqual(applied([message]));
});

it('passes messages on to the process that writes', async () => {
  const { intake } = senderTo({ holder: await process(applies) });
  expect(await intake.receive([message])).toEqual(applied([message]));
});

it('sends a call that breaks in the middle to the next process', async () => {
  const next = await process(applies);
  const breaking = await process((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('[');
    setImmediate(() => {
      response.destroy();
      move({ holder: next });
    });
  });
  const { intake, move } = senderTo({ holder: breaking });
  expect(await intake.receive([message])).toEqual(applied([message]));
});

it('leaves a process that never answers as soon as another one writes', async () => {
  const next = await process(applies);
  const mute = await process(() => move({ holder: next }));
  const { intake, move } = senderTo({ holder: mute });
  expect(await intake.receive([message])).toEqual(applied([message]));
});

it('sends on what this process could not end because it lost the pen', async () => {
  const next = await process(applies);
  const local = {
    receive: () => {
      move({ holder: next });
      return Promise.reject(new IntakeUnavailableError('Another process writes for this domain now.'));
    },
  };
  const { intake, move } = senderTo({ local });
  expect(await intake.receive([message])).toEqual(applied([message]));
});

it('refuses when nobody writes for five seconds', async () => {
  const { intake } = senderTo({});
  await expect(intake.receive([message])).rejects.toThrow(IntakeUnavailableError);
});

it('takes no more than so many messages at once while nobody writes', async () => {
  const { intake, move } = senderTo({});
  const many = Array.from({ length: 9_999 }, () => message);
  const waiting = [intake.receive(many), intake.receive([message])];
  await expect(intake.receive([message])).rejects.toThrow(IntakeBusyError);
  move({ local: { receive: (messages) => Promise.resolve(applied(messages)) } });
  expect((await Promise.all(waiting)).flat()).toHaveLength(10_000);
  expect(await intake.receive([...many, message, message])).toHaveLength(10_001);
});

it('refuses when the process that is said to write says that it does not, for five seconds', async () => {
  let asked = 0;
  const former = await process((_, response) => {
    asked += 1;
    response.writeHead(421).end('{}');
  });
  const { intake } = senderTo({ holder: former });
  await expect(intake.receive([message])).rejects.toThrow('No process writes');
  expect(asked).toBeGreaterThan(1);
});

it.each([
  [429, '{}', 'are waiting'],
  [503, '{"reason":"Events could not be published."}', 'Events could not be published'],
  [500, 'broken', '500 broken'],
])('passes on at once what the one that writes answers (%d)', async (status, body, told) => {
  let asked = 0;
  const holder = await process((_, response) => {
    asked += 1;
    response.writeHead(status).end(body);
  });
  const { intake } = senderTo({ holder });
  await expect(intake.receive([message])).rejects.toThrow(told);
  expect(asked).toBe(1);
});
