import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importCommand } from '@takt/cli';
import { expectedCounts, type Counter } from '@takt/connector-frepple';
import { describe, expect, it } from 'vitest';
import { bootSystem, ROOT, startedProcess, taktProcess, temporaryFolder } from '../system.ts';

const FIXTURES = join(ROOT, '../shared/data/frepple-demo');
const HAVE_FIXTURES = existsSync(FIXTURES);
if (!HAVE_FIXTURES)
  console.warn(`SKIPPED: frePPLe’s public fixtures are not at ${FIXTURES}; their import was not tested.`);

/** The command itself, in this process. */
async function importInto(dataDir: string, ...files: string[]): Promise<{ code: number; output: string }> {
  let output = '';
  const terminal = { write: (text: string) => (output += text) };
  const code = await importCommand(['frepple', ...files], {
    env: { TAKT_DATA_DIR: dataDir },
    out: terminal,
    err: terminal,
  });
  return { code, output };
}

interface Page<Node> {
  nodes: Node[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

interface Named {
  id: string;
  operations: { id: string; workCenters: unknown[] }[];
}

/** How many of each the graph holds, as the connector says that its files should be found there. */
async function countsInGraph(ask: (query: string) => Promise<unknown>): Promise<Record<Counter, number>> {
  const total = async (connection: string) => {
    const answer = (await ask(`{ ${connection} { totalCount } }`)) as Record<string, { totalCount: number }>;
    return answer[connection]!.totalCount;
  };
  const nodes = async <Node>(connection: string, selection: string): Promise<Node[]> => {
    const all: Node[] = [];
    for (let after: string | null = null; ;) {
      const query: string = `{ ${connection}(first: 500, after: ${JSON.stringify(after)}) { nodes { ${selection} } pageInfo { hasNextPage endCursor } } }`;
      const page: Page<Node> = ((await ask(query)) as Record<string, Page<Node>>)[connection]!;
      all.push(...page.nodes);
      if (!page.pageInfo.hasNextPage) return all;
      after = page.pageInfo.endCursor;
    }
  };
  const lengths = (lists: unknown[][]) => lists.reduce((sum, list) => sum + list.length, 0);

  const calendars = await nodes<{ periods: unknown[] }>('calendars', 'periods { value }');
  const routings = await nodes<Named>('routings', 'id operations { id workCenters { quantity } }');
  const bills = await nodes<{ lines: { substitutes: unknown[] }[]; outputs: unknown[] }>(
    'billsOfMaterial',
    'lines { position substitutes { group } } outputs { quantity { value } }',
  );
  const workCenters = await nodes<{ skills: { name: string }[] }>('workCenters', 'skills { name }');
  return {
    locations: await total('locations'),
    calendars: await total('calendars'),
    calendarPeriods: lengths(calendars.map(({ periods }) => periods)),
    customers: await total('customers'),
    products: await total('products'),
    operations: new Set(routings.flatMap(({ id, operations }) => [id, ...operations.map((operation) => operation.id)]))
      .size,
    materials: lengths(
      bills.flatMap(({ lines, outputs }) => [lines, outputs, ...lines.map(({ substitutes }) => substitutes)]),
    ),
    operationWorkCenters: lengths(
      routings.flatMap(({ operations }) => operations.map((operation) => operation.workCenters)),
    ),
    inventoryPositions: await total('inventoryPositions'),
    workCenters: await total('workCenters'),
    skills: new Set(workCenters.flatMap(({ skills }) => skills.map(({ name }) => name))).size,
    workCenterSkills: lengths(workCenters.map(({ skills }) => skills)),
    suppliers: await total('suppliers'),
    supplyAgreements: await total('supplyAgreements'),
    distributionLanes: await total('distributionLanes'),
    customerOrders: await total('customerOrders'),
    supplierCommitments: await total('supplierCommitments'),
    transferOrders: await total('transferOrders'),
    productionOrders: await total('productionOrders'),
    forecasts: await total('forecasts'),
  };
}

async function graphOf(dataDir: string) {
  const { system } = await bootSystem({ dataDir });
  return async (query: string) => {
    const { data, errors } = await system.gateway.execute({ query });
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
}

describe
  .skipIf(!HAVE_FIXTURES)
  .each([
    ['manufacturing_demo.json'],
    ['distribution_demo.json'],
    ['flow_line.json'],
    ['demo.json'],
    ['jobshop.json'],
    ['forecast_manufacturing_demo.json'],
    ['forecast_distribution_demo.json'],
    ['manufacturing_demo.json', 'forecast_manufacturing_demo.json'],
  ])('importing %s %s', (...names: string[]) => {
  it(
    'gives the graph as many of each as the files hold, and a second time changes nothing',
    { timeout: 120_000 },
    async () => {
      const dataDir = join(await temporaryFolder(), 'data');
      const paths = names.map((name) => join(FIXTURES, name));
      const first = await importInto(dataDir, ...paths);
      expect(first).toMatchObject({ code: 0 });
      const second = await importInto(dataDir, ...paths);
      expect(second.output).toContain('\n0 changed the graph');
      expect(second.code).toBe(0);
      const files = await Promise.all(
        paths.map(async (path, i) => ({ name: names[i] ?? '', text: await readFile(path, 'utf8') })),
      );
      expect(await countsInGraph(await graphOf(dataDir))).toEqual(expectedCounts(files));
    },
  );
});

it.skipIf(!HAVE_FIXTURES)(
  'loads into the process that runs, which answers it at once',
  { timeout: 120_000 },
  async () => {
    const dataDir = join(await temporaryFolder(), 'data');
    const running = await startedProcess({ TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off' });
    const file = join(FIXTURES, 'manufacturing_demo.json');
    const command = taktProcess(['import', 'frepple', file], { TAKT_DATA_DIR: dataDir });
    expect(await command.ended()).toBe(0);
    expect(command.output()).toMatch(/\n\d+ changed the graph, 0 brought nothing new, 0 were refused/);
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query:
          '{ products { totalCount } location(code: "factory") { items(filter: { type: [FINISHED, SEMI_FINISHED] }) { totalCount } } }',
      }),
    });
    expect(await response.json()).toMatchObject({ data: { products: { totalCount: 12 } } });
  },
);

describe('a file that cannot be trusted', () => {
  const item = (name: string, rest = {}) => ({ model: 'input.item', fields: { name, ...rest } });

  it.each([
    ['malformed', '[{"model": "input.item", ', 'bad.json'],
    ['no list', '{"model": "input.item"}', 'bad.json'],
    ['contradictory', JSON.stringify([item('chair', { cost: '1' }), item('chair', { cost: '2' })]), 'chair'],
    ['wrong in a field', JSON.stringify([item('chair', { cost: 'much' })]), 'cost'],
  ])('%s: says where, exits with 1 and writes nothing', async (_kind, text, mentioned) => {
    const folder = await temporaryFolder();
    const path = join(folder, 'bad.json');
    await writeFile(path, text);
    const dataDir = join(folder, 'data');
    const { code, output } = await importInto(dataDir, path);
    expect(code).toBe(1);
    expect(output).toContain(mentioned);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('missing: says so', async () => {
    const { code, output } = await importInto(await temporaryFolder(), '/nowhere/demo.json');
    expect(code).toBe(1);
    expect(output).toContain('/nowhere/demo.json: cannot be read');
  });
});
