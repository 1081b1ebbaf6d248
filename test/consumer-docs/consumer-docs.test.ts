import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createTaktClient } from '@takt/client';
import { readExample, variablesOn, type Example } from '../../gateway/src/docs/example.ts';
import { DEMO_PLANT, demoClock, fillDemo, ROOT, sharedSystem } from '../system.ts';

const booted = sharedSystem({ clock: demoClock }, fillDemo);
const folder = join(ROOT, 'schema/examples');
const examples = readdirSync(folder).map((file) =>
  readExample(file.replace('.graphql', ''), readFileSync(join(folder, file), 'utf8')),
);
const isSubscription = ({ query }: Example) => query.startsWith('subscription');
/** Nothing is judged while the plant stands still. */
const MAY_BE_EMPTY = new Set(['open-exceptions']);
const versions = ['2026-08', '2026-11', 'next'];
const shown = versions.flatMap((version) => {
  const schema = buildSchema(readFileSync(join(ROOT, `schema/contracts/${version}.graphql`), 'utf8'));
  return examples
    .filter(({ query }) => validate(schema, parse(query)).length === 0)
    .map((example) => ({ version, name: example.name, example }));
});

it('has every example in the stable contract', () => {
  expect(shown.filter(({ version }) => version === '2026-11').map(({ name }) => name)).toEqual(
    examples.map(({ name }) => name),
  );
});

describe('every example is answered as it stands in the docs', () => {
  it.each(shown.filter(({ example }) => !isSubscription(example)))('$version: $name', async ({ version, example }) => {
    const response = await fetch(`${booted().system.url}/graphql/${version}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: example.query, variables: variablesOn(example, DEMO_PLANT.today) }),
    });
    const { data, errors } = (await response.json()) as { data?: Record<string, unknown>; errors?: unknown };
    expect(errors).toBeUndefined();
    expect(response.headers.get('takt-contract')).toBe(version);
    const [answer] = Object.values(data ?? {});
    expect(answer).toEqual(expect.any(Object));
    if (!MAY_BE_EMPTY.has(example.name)) expect(rowsOf(answer)).not.toEqual([]);
  });

  it.each(shown.filter(({ example }) => isSubscription(example)))('$version: $name', async ({ version, example }) => {
    const { url, gateway } = booted().system;
    const client = createTaktClient({ url: `${url}/graphql`, contract: version, webSocketImpl: WebSocket });
    const changes = client.subscribe<Record<string, { cursor: string }>, Record<string, unknown>>(
      { text: example.query },
      variablesOn(example, DEMO_PLANT.today),
    );
    const first = changes.next();
    for (let attempt = 0; ; attempt++) {
      await gateway.execute({ query: RELEASE, variables: { key: `${version}-${attempt}`, id: await aFirmOrder() } });
      const heard = await Promise.race([first, answered(url)]);
      if (heard === undefined) continue;
      expect(Object.values((heard.value ?? {}) as object)[0]).toMatchObject({ cursor: expect.any(String) });
      break;
    }
    await client.close();
  });
});

it('is served: the overview, a type with its owner, an example, what changed, and nothing where there is nothing', async () => {
  const page = async (path: string) => {
    const response = await fetch(`${booted().system.url}/docs${path}`);
    return {
      status: response.status,
      text: await response.text(),
      policy: response.headers.get('content-security-policy'),
    };
  };
  expect(await page('')).toMatchObject({ status: 200, text: expect.stringContaining('/docs/2026-11') });
  const type = await page('/2026-11/types/Forecast');
  expect(type).toMatchObject({ status: 200, policy: expect.stringContaining("default-src 'none'") });
  expect(type.text).toContain('System of record');
  expect(await page('/2026-11/examples/supply-and-demand')).toMatchObject({
    status: 200,
    text: expect.stringContaining('query SupplyAndDemand'),
  });
  expect(await page('/2026-11/changes')).toMatchObject({
    status: 200,
    text: expect.stringContaining('onTimeInFullPercent'),
  });
  expect((await page('/suppliers/2026-11/types/Forecast')).status).toBe(404);
  expect((await page('/2025-01')).status).toBe(404);
});

const RELEASE = `mutation Release($key: String!, $id: ID!) {
  releaseProductionOrder(idempotencyKey: $key, input: { id: $id }) { __typename ... on CommandRefused { reason } }
}`;

async function aFirmOrder(): Promise<string> {
  const { data } = await booted().system.gateway.execute({
    query: '{ productionOrders(first: 1, filter: { location: ["P100"], state: [FIRMED] }) { nodes { id } } }',
  });
  return (data as { productionOrders: { nodes: { id: string }[] } }).productionOrders.nodes[0]!.id;
}

/** The gateway has had a turn: what was committed before may have been heard. */
async function answered(url: string): Promise<undefined> {
  await fetch(`${url}/health/live`);
}

function rowsOf(answer: unknown): unknown {
  const { nodes, items, commitments } = Object(answer) as Record<string, { nodes?: unknown } | undefined>;
  return nodes ?? (items ?? commitments)?.nodes ?? answer;
}
