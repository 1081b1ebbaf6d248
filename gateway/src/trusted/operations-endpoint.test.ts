import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../test-subgraphs/listen.ts';
import { limitGuard } from '../guard/limit-guard.ts';
import { hashOf } from './document-hash.ts';
import { operationsEndpoint } from './operations-endpoint.ts';
import { openTrustedDocuments } from './trusted-documents.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

const adminToken = 'administrator-of-tests';
const schemas: Record<string, string> = {
  stable: 'type Query { part(id: ID!): Part } type Part { id: ID! name: String }',
  next: 'type Query { part(id: ID!): Part } type Part { id: ID! title: String }',
};

const named = 'query Named($id: ID!) { part(id: $id) { name } }';
const titled = 'query Titled($id: ID!) { part(id: $id) { title } }';
const by = (...texts: string[]) => Object.fromEntries(texts.map((text) => [hashOf(text), text]));

let trusted: TrustedDocuments;
let base: string;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'takt-operations-'));
  trusted = await openTrustedDocuments({ folder, mode: 'only' });
  const endpoint = operationsEndpoint({
    trusted,
    adminToken,
    schemaOf: (contract = 'stable') => (schemas[contract] === undefined ? undefined : buildSchema(schemas[contract])),
    limits: limitGuard({ limits: { maxCharacters: 1_000 } }),
  });
  const port = await listen(createServer((request, response) => void endpoint(request, response)));
  base = `http://127.0.0.1:${port}/operations`;
  onTestFinished(async () => {
    await trusted.close();
    await rm(folder, { recursive: true });
  });
});

async function ask(method: string, path = '', body?: unknown, token = adminToken) {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

describe('publishing', () => {
  it('registers what fits the contract, lists it and retires it', async () => {
    const manifest = { client: 'board', version: '1.2.0', documents: by(named) };
    expect(await ask('POST', '', manifest)).toMatchObject({ status: 201, outcome: 'published', documents: 1 });
    expect(await ask('POST', '', manifest)).toMatchObject({ status: 200, outcome: 'unchanged' });
    expect(trusted.get(hashOf(named))).toBe(named);
    expect(await ask('GET')).toEqual({
      status: 200,
      mode: 'only',
      publications: [{ client: 'board', version: '1.2.0', documents: 1 }],
    });
    expect(await ask('DELETE', '/board/1.2.0')).toMatchObject({ status: 200, outcome: 'retired' });
    expect(await ask('DELETE', '/board/1.2.0')).toMatchObject({ status: 404 });
    expect(trusted.get(hashOf(named))).toBeUndefined();
  });

  it('validates against the contract that is named', async () => {
    const manifest = { client: 'board', version: '1', contract: 'next', documents: by(titled) };
    expect(await ask('POST', '', manifest)).toMatchObject({ status: 201, contract: 'next' });
  });

  it('registers all or nothing, and says of each fault which operation has it', async () => {
    const answer = await ask('POST', '', { client: 'board', version: '1', documents: by(named, titled, '{ part') });
    expect(answer).toMatchObject({
      status: 422,
      errors: expect.arrayContaining([
        {
          hash: hashOf(titled),
          operationName: 'Titled',
          message: 'Cannot query field "title" on type "Part". (line 1, column 42)',
        },
        { hash: hashOf('{ part'), message: expect.stringContaining('Syntax Error') },
      ]),
    });
    expect(trusted.manifests()).toEqual([]);
  });

  it.each<[string, unknown, number, string]>([
    [
      'a wrong hash',
      { client: 'a', version: '1', documents: { [hashOf('x')]: named } },
      422,
      `which is ${hashOf(named)}`,
    ],
    ['no document', { client: 'a', version: '1', documents: {} }, 422, '/documents'],
    ['a name that is a path', { client: '../a', version: '1', documents: by(named) }, 422, '/client'],
    ['an unknown contract', { client: 'a', version: '1', contract: '1999-01', documents: by(named) }, 422, '1999-01'],
    [
      'a document without operation',
      { client: 'a', version: '1', documents: by('fragment F on Part { id }') },
      422,
      'F',
    ],
    [
      'a document that is too long',
      { client: 'a', version: '1', documents: by(`{ __typename } #${'x'.repeat(1_000)}`) },
      422,
      '1000',
    ],
    ['what is not JSON', '{', 422, 'not JSON'],
    ['too much', 'x'.repeat(9 * 1024 * 1024), 413, 'larger than'],
  ])('refuses %s', async (_what, body, status, reason) => {
    const answer = await ask('POST', '', body);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer)).toContain(reason);
    expect(trusted.manifests()).toEqual([]);
  });

  it('refuses other documents under a version that is published', async () => {
    await ask('POST', '', { client: 'board', version: '1', documents: by(named) });
    const answer = await ask('POST', '', { client: 'board', version: '1', documents: by('query A { __typename }') });
    expect(answer).toMatchObject({ status: 409, errors: [{ message: expect.stringContaining('another version') }] });
  });
});

it.each(['GET', 'POST', 'DELETE'])('answers %s to the administrator only', async (method) => {
  expect(await ask(method, '/board/1', undefined, 'somebody-else')).toMatchObject({ status: 401 });
});

it('knows no path out of its folder', async () => {
  expect(await ask('DELETE', '/..%2F..%2Fetc/passwd')).toMatchObject({ status: 404 });
});
