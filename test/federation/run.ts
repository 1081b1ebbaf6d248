import { parseArgs } from 'node:util';
import { createPair } from './differential.ts';
import type { TransportKind } from './differential.ts';

const usage = `Usage: npx tsx test/federation/run.ts [--operations N] [--seed N] [--transport in-process|http]
       npx tsx test/federation/run.ts --seed N --show K
Runs random operations through gateways over random graphs and through plain graphql-js, and prints every difference.
With --show, the smallest operation found that still differs, made of the K-th of the seed's graph.`;

const operationsPerGraph = 25;

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    transport: { type: 'string', default: 'in-process' },
    show: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
if (values.help) console.log(usage);
else if (values.show !== undefined) await show(seed, Number(values.show), transportOf(values.transport));
else process.exitCode = await runMany(seed, Number(values.operations), transportOf(values.transport));

/** Answers how many operations differed, as an exit code. */
async function runMany(firstSeed: number, operations: number, transport: TransportKind): Promise<number> {
  const ways = new Map<string, number>();
  const report = () => console.log(JSON.stringify(count), JSON.stringify(Object.fromEntries([...ways].sort())));
  const count = { operations: 0, differences: 0, graphs: 0, refusedGraphs: 0 };
  for (let graphSeed = firstSeed; count.operations < operations; graphSeed++) {
    const pair = await createPair(graphSeed, transport);
    if ('refused' in pair) {
      count.refusedGraphs++;
      console.log(`seed ${graphSeed} does not compose: ${pair.refused.split('\n').slice(0, 8).join(' ')}`);
      continue;
    }
    count.graphs++;
    for (let number = 0; number < operationsPerGraph && count.operations < operations; number++) {
      count.operations++;
      const difference = await pair.differs(pair.operation(number), number);
      if (difference === undefined) continue;
      count.differences++;
      console.log(`--seed ${graphSeed} --show ${number}: ${difference.slice(0, 1_000)}`);
    }
    for (const [way, runs] of pair.ways) ways.set(way, (ways.get(way) ?? 0) + runs);
    await pair.close();
    if (count.graphs % 20 === 0) report();
  }
  report();
  return count.differences > 0 ? 1 : 0;
}

async function show(graphSeed: number, number: number, transport: TransportKind): Promise<void> {
  const pair = await createPair(graphSeed, transport);
  if ('refused' in pair) {
    console.log(pair.refused);
    return;
  }
  const operation = pair.operation(number);
  const differs = (await pair.differs(operation, number)) !== undefined;
  const shown = differs ? await pair.minimise(operation, number) : operation;
  console.log(`${pair.description}\n\n# operation\n${shown.query}\n${JSON.stringify(shown.variables)}\n`);
  console.log((await pair.differs(shown, number)) ?? 'no difference');
  console.dir(await pair.plan(shown).catch(String), { depth: null });
  await pair.close();
}

function transportOf(name: string): TransportKind {
  if (name === 'in-process' || name === 'http') return name;
  throw new Error(usage);
}
