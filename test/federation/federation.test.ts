import { afterAll, describe, expect, test } from 'vitest';
import { createPair } from './differential.ts';
import type { Pair, TransportKind } from './differential.ts';

/** Another seed tries other graphs: `FEDERATION_SEED=7 npx vitest run test/federation`. */
const firstSeed = Number(process.env['FEDERATION_SEED'] ?? 1);
const graphs = 16;
const operationsPerGraph = 15;

const ways = new Map<string, number>();

describe('a gateway over a random graph answers random operations as one schema would', () => {
  afterAll(() => {
    const runs = Array.from(ways.values()).reduce((sum, each) => sum + each, 0);
    expect(ways.get('text') ?? 0, JSON.stringify([...ways])).toBeGreaterThan(runs / 4);
    expect(ways.get('refused') ?? 0).toBeLessThan(runs / 20);
  });

  test.each([
    ...Array.from({ length: graphs }, (_, index) => [firstSeed + index, 'in-process'] as const),
    [firstSeed, 'http'] as const,
  ])('seed %i, %s', async (seed, transport) => {
    const pair = await pairThatComposes(seed, transport);
    for (let number = 0; number < operationsPerGraph; number++) {
      const difference = await pair.differs(pair.operation(number), number);
      const command = `npx tsx test/federation/run.ts --seed ${pair.seed} --show ${number} --transport ${transport}`;
      expect(difference, command).toBeUndefined();
    }
    for (const [way, runs] of pair.ways) ways.set(way, (ways.get(way) ?? 0) + runs);
    await pair.close();
  });
});

/** A few random graphs do not compose: the next one is taken. */
async function pairThatComposes(seed: number, transport: TransportKind): Promise<Pair> {
  for (let attempt = 0; attempt < 4; attempt++) {
    const pair = await createPair(seed + attempt * 1_000_000, transport);
    if (!('refused' in pair)) return pair;
    expect(pair.refused).toContain('composition errors');
  }
  throw new Error(`no graph of seed ${seed} composes`);
}
