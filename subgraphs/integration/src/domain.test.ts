import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSchedule, TokenBucket, type BackingSystem, type ReceiverContext } from '@takt/backing-system';
import { IntakeUnavailableError, type InboundMessage, type Intake } from '@takt/intake';
import { COMMAND_SETTLED, NO_NEIGHBOURS, openDomain, type Domain } from '@takt/subgraph-server';
import { graphql } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONNECTORS, integration } from './index.ts';

const RATE = { requestsPerSecond: 100, burst: 10 };
const MAPPING = { name: 'words', version: 3, sha256: 'ab'.repeat(32), connector: 'words' };

let directory: string;
let domain: Domain;
/** What the system speaks through; once it runs. */
let context: Promise<ReceiverContext>;
/** Words that the mapping knows. */
let known: Set<string>;

/** A system whose documents are words: each is the id of an order that it reports. */
function system(): BackingSystem {
  let started: (context: ReceiverContext) => void = () => undefined;
  context = new Promise((resolve) => (started = resolve));
  return {
    system: 'words/P100',
    connector: 'words',
    rate: RATE,
    bucket: new TokenBucket(RATE),
    timeoutMs: 1000,
    schedule: readSchedule({ every: '5m' }),
    scope: { locations: new Set(['P100']) },
    mapping: {
      ...MAPPING,
      map: (record) => {
        const word = 'data' in record ? String(record.data) : '';
        const { place } = record;
        if (!known.has(word)) {
          const fault = {
            code: 'MAPPING_FAILED',
            place,
            rule: 'word',
            field: 'data.id',
            expression: 'id',
            reason: 'No.',
          };
          return Promise.resolve({ messages: [], faults: [fault] });
        }
        const message = { domain: 'production-orders', type: 'ProductionOrderReported', data: { id: word } };
        return Promise.resolve({ messages: [message], faults: [] });
      },
      command: () => Promise.resolve(undefined),
    },
    connect: undefined,
    receiver: {
      async run(given, signal) {
        started(given);
        given.observe({ kind: 'ANSWERED', tookMs: 1 });
        await once(signal, 'abort');
      },
      async *parse(document) {
        const chunks: Buffer[] = [];
        for await (const chunk of document.body()) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        if (text === 'poison') throw new Error('Nobody can read this.');
        for (const [index, word] of text.split(' ').entries()) {
          yield { place: `word ${index + 1}`, type: 'word', data: word, documentNumbers: [`N-${word}`] };
        }
      },
    },
  };
}

const intake: Intake = {
  receive: (messages: readonly InboundMessage[]) =>
    Promise.resolve(
      messages.map(({ id, data }) => ({
        status: 'APPLIED' as const,
        messageId: id,
        documentId: (data as { id: string }).id,
        eventIds: [],
      })),
    ),
};

beforeEach(async () => {
  known = new Set(['a', 'b', 'c']);
  directory = await mkdtemp(join(tmpdir(), 'takt-integration-'));
  const words = system();
  domain = await openDomain(integration, {
    directory,
    clock: () => new Date(),
    backingSystems: [words, { ...words, system: 'told/P100', receiver: undefined, mapping: undefined }],
    neighbours: {
      ...NO_NEIGHBOURS,
      intake: () => intake,
      operations: () => Promise.reject(new IntakeUnavailableError('Nobody is there.')),
    },
  });
});

afterEach(async () => {
  await domain.close();
  await rm(directory, { recursive: true });
});

async function ask(source: string, variableValues: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const answer = await graphql({ schema: domain.schema, source, variableValues, contextValue: domain.createContext() });
  expect(answer.errors).toBeUndefined();
  return answer.data as Record<string, unknown>;
}

async function refusal(source: string): Promise<unknown> {
  const { errors } = await graphql({ schema: domain.schema, source, contextValue: domain.createContext() });
  return errors?.[0]?.extensions['code'];
}

/** Resolves with its id when it has ended. */
async function say(text: string, about: { key?: string; correlationId?: string; documentNumbers?: string[] } = {}) {
  const receiver = await context;
  const receipt = await receiver.accept({
    key: text,
    mediaType: 'text/plain',
    body: Buffer.from(text),
    name: `${text}.txt`,
    ...about,
  });
  await receipt.ended(AbortSignal.timeout(10_000));
  return receipt.id;
}

async function keys(filter: string, page = 'first: 10'): Promise<string[]> {
  const { integrationMessages } = await ask(`{ integrationMessages(${page}, filter: ${filter}) { nodes { key } } }`);
  return (integrationMessages as { nodes: { key: string }[] }).nodes.map(({ key }) => key);
}

describe('Messages', () => {
  it('are found by what they are, what they are about and what their source calls them', async () => {
    await say('a b', { correlationId: 'c-1', documentNumbers: ['D-1'] });
    await say('b x');
    await say('poison');
    expect(await keys('{}')).toEqual(['poison', 'b x', 'a b']);
    expect(await keys('{ correlationId: "c-1" }')).toEqual(['a b']);
    expect(await keys('{ documentNumber: "D-1" }')).toEqual(['a b']);
    expect(await keys('{ documentNumber: "N-b" }')).toEqual(['b x', 'a b']);
    expect(await keys('{ entity: "ProductionOrder:a" }')).toEqual(['a b']);
    expect(await keys('{ entity: "ProductionOrder:b", status: [REJECTED] }')).toEqual(['b x']);
    expect(await keys('{ status: [APPLIED, DEAD_LETTERED] }')).toEqual(['poison', 'a b']);
    expect(await keys('{ system: "words/P100", direction: INBOUND }')).toHaveLength(3);
    expect(await keys('{ system: "words/P200" }')).toEqual([]);
    expect(await keys('{ direction: OUTBOUND }')).toEqual([]);
  });

  it('come page by page, newest first', async () => {
    for (const word of ['a', 'b', 'c']) await say(word);
    const page = async (after: string | null) =>
      (
        await ask(
          'query ($after: String) { integrationMessages(first: 2, after: $after) { edges { cursor node { key } } pageInfo { hasNextPage hasPreviousPage endCursor } } }',
          { after },
        )
      )['integrationMessages'] as {
        edges: { cursor: string; node: { key: string } }[];
        pageInfo: { endCursor: string };
      };
    const first = await page(null);
    expect(first.edges.map(({ node }) => node.key)).toEqual(['c', 'b']);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const second = await page(first.pageInfo.endCursor);
    expect(second.edges.map(({ node }) => node.key)).toEqual(['a']);
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(await refusal('{ integrationMessages(after: "x") { nodes { id } } }')).toBe('CURSOR_INVALID');
    expect(await refusal('{ integrationMessages(first: 501) { nodes { id } } }')).toBe('BAD_USER_INPUT');
  });

  it('tell what came, by which mapping it was read, and what became of each part', async () => {
    const id = await say('a x b');
    const { integrationMessage } = await ask(
      `query ($id: ID!) { integrationMessage(id: $id) {
        backingSystem { id connector } connector direction name status records documentNumbers mediaType bytes attempts
        mapping { name version } counts { applied rejected } receivedAt parsedAt endedAt exchange { sent }
        raw { text nextOffset } tail: raw(offset: 2) { text } head: raw(first: 3) { text nextOffset }
        results(first: 2) { nodes { record place status entity domain } pageInfo { hasNextPage endCursor } }
        rejected: results(status: [REJECTED]) { nodes { place rule field expression refusal { code reason } } }
      } }`,
      { id },
    );
    expect(integrationMessage).toMatchObject({
      backingSystem: { id: 'words/P100', connector: 'words' },
      direction: 'INBOUND',
      name: 'a x b.txt',
      status: 'REJECTED',
      records: 3,
      bytes: 5,
      attempts: 1,
      mapping: { name: 'words', version: 3 },
      counts: { applied: 2, rejected: 1 },
      exchange: null,
      raw: { text: 'a x b', nextOffset: null },
      tail: { text: 'x b' },
      head: { text: 'a x', nextOffset: 3 },
      results: {
        nodes: [
          { record: 0, place: 'word 1', status: 'APPLIED', entity: 'a', domain: 'production-orders' },
          { record: 1, place: 'word 2', status: 'REJECTED', entity: null },
        ],
        pageInfo: { hasNextPage: true },
      },
      rejected: {
        nodes: [
          {
            place: 'word 2',
            rule: 'word',
            field: 'data.id',
            expression: 'id',
            refusal: { code: 'MAPPING_FAILED', reason: 'No.' },
          },
        ],
      },
    });
    const { results } = integrationMessage as { results: { pageInfo: { endCursor: string } } };
    const rest = await ask(
      'query ($id: ID!, $after: String) { integrationMessage(id: $id) { results(after: $after) { nodes { place } pageInfo { hasNextPage } } } }',
      { id, after: results.pageInfo.endCursor },
    );
    expect(rest).toEqual({
      integrationMessage: { results: { nodes: [{ place: 'word 3' }], pageInfo: { hasNextPage: false } } },
    });
    const wrong = (field: string) => refusal(`{ integrationMessage(id: ${JSON.stringify(id)}) { ${field} } }`);
    expect(await wrong('raw(offset: -1) { text }')).toBe('BAD_USER_INPUT');
    expect(await wrong('raw(first: 300000) { text }')).toBe('BAD_USER_INPUT');
    expect(await wrong('results(after: "1") { nodes { place } }')).toBe('CURSOR_INVALID');
    expect(await ask('{ integrationMessage(id: "none") { id } }')).toEqual({ integrationMessage: null });
  });

  it('that failed are read again, with the mapping of now, or ended for good', async () => {
    const id = await say('a x');
    const dead = await say('poison');
    const handle = async (mutation: string, of: string, reason = 'mended') =>
      (
        await ask(
          `mutation ($input: HandleIntegrationMessageInput!) { result: ${mutation}(input: $input) { __typename ... on CommandRefused { code } ... on IntegrationMessageAccepted { message { status handling { action by reason } } } } }`,
          { input: { id: of, by: 'Vera', reason } },
        )
      )['result'];
    expect(await handle('retryIntegrationMessage', id, ' ')).toMatchObject({ code: 'BAD_HANDLING' });
    expect(await handle('retryIntegrationMessage', 'none')).toMatchObject({ code: 'UNKNOWN_MESSAGE' });
    known.add('x');
    expect(await handle('retryIntegrationMessage', id)).toMatchObject({ __typename: 'IntegrationMessageAccepted' });
    await expect.poll(() => keys('{ status: [APPLIED] }')).toEqual(['a x']);
    expect(await handle('retryIntegrationMessage', id)).toMatchObject({ code: 'NOT_FAILED' });
    expect(await handle('discardIntegrationMessage', dead, 'scrap')).toEqual({
      __typename: 'IntegrationMessageAccepted',
      message: { status: 'DISCARDED', handling: [{ action: 'DISCARDED', by: 'Vera', reason: 'scrap' }] },
    });
  });

  it('to a system are kept with what went over the wire, once', async () => {
    const settled = {
      system: 'told/P100',
      connector: 'words',
      entity: 'ProductionOrder',
      command: {
        id: 'r-1',
        type: 'ApplyScheduleRevision',
        time: '2026-01-05T12:00:00Z',
        correlationid: 'c-9',
        subject: 'PO-1',
        data: { id: 'PO-1' },
      },
      settlement: { kind: 'REFUSED', reason: 'Period 12 is closed.' },
      enqueuedAt: '2026-01-05T12:00:00.000Z',
      settledAt: '2026-01-05T12:00:01.000Z',
      wrongAnswers: 0,
      exchange: { sent: 'PATCH /orders/1', answered: 'HTTP 422' },
    };
    for (let time = 0; time < 2; time += 1) await domain.operations().ask(COMMAND_SETTLED, settled);
    const { integrationMessages } = await ask(
      '{ integrationMessages(filter: { entity: "ProductionOrder:PO-1" }) { nodes { direction name status correlationId exchange { sent answered } refusal { reason } } } }',
    );
    expect(integrationMessages).toEqual({
      nodes: [
        {
          direction: 'OUTBOUND',
          name: 'ApplyScheduleRevision',
          status: 'REJECTED',
          correlationId: 'c-9',
          exchange: { sent: 'PATCH /orders/1', answered: 'HTTP 422' },
          refusal: { reason: 'Period 12 is closed.' },
        },
      ],
    });
    await expect(domain.operations().ask(COMMAND_SETTLED, { ...settled, system: 3 })).rejects.toThrow(/\/system/);
  });
});

describe('Dead letters', () => {
  it('of the integration are documents that could not be read', async () => {
    const id = await say('poison');
    const list = () =>
      ask('{ deadLetters(domain: "integration") { nodes { domain key type source raw refusal { code reason } } } }');
    expect(await list()).toMatchObject({
      deadLetters: { nodes: [{ domain: 'integration', key: id, type: 'poison.txt', source: 'words/P100' }] },
    });
    const handle = async (mutation: string, key: string) =>
      (
        await ask(
          `mutation ($input: HandleDeadLetterInput!) { result: ${mutation}(input: $input) { ... on CommandRefused { code } ... on DeadLetterHandled { status } } }`,
          { input: { domain: 'integration', key, by: 'Vera', reason: 'scrap' } },
        )
      )['result'];
    expect(await handle('retryDeadLetter', 'none')).toEqual({ code: 'UNKNOWN_MESSAGE' });
    expect(await handle('discardDeadLetter', id)).toEqual({ status: 'DISCARDED' });
    expect(await handle('discardDeadLetter', id)).toEqual({ code: 'NOT_DEAD_LETTERED' });
    expect(await list()).toEqual({ deadLetters: { nodes: [] } });
  });

  it('are asked for by a domain that there is', async () => {
    expect(await refusal('{ deadLetters(domain: "sales") { nodes { key } } }')).toBe('BAD_USER_INPUT');
    expect(await refusal('{ deadLetters(domain: "integration", after: "x") { nodes { key } } }')).toBe(
      'CURSOR_INVALID',
    );
  });
});

describe('Backing systems', () => {
  it('tell how they do and how far was read of them', async () => {
    const { checkpoints } = await context;
    await say('a');
    await checkpoints.write('orders', { upTo: 7 });
    const { connectors } = await ask(
      '{ connectors { id connector scope mapping { name } inbound { state waiting schedule checkpoints { name value } } } }',
    );
    expect(connectors).toEqual([
      {
        id: 'words/P100',
        connector: 'words',
        scope: ['P100'],
        mapping: { name: 'words' },
        inbound: {
          state: expect.any(String),
          waiting: 0,
          schedule: 'every 5m',
          checkpoints: [{ name: 'orders', value: '{"upTo":7}' }],
        },
      },
      { id: 'told/P100', connector: 'words', scope: ['P100'], mapping: null, inbound: null },
    ]);
    expect(await domain.operations().ask(CONNECTORS, {})).toMatchObject([
      { system: 'words/P100', mapping: 'words 3', schedule: 'every 5m', inbound: { waiting: 0 } },
      { system: 'told/P100', mapping: null, inbound: null },
    ]);
  });

  it('are entities that other domains refer to', async () => {
    const { _entities } = await ask(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on BackingSystem { id connector } } }',
      { of: ['words/P100', 'none/P1'].map((id) => ({ __typename: 'BackingSystem', id })) },
    );
    expect(_entities).toEqual([{ id: 'words/P100', connector: 'words' }, null]);
  });
});
