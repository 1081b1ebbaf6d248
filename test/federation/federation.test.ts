import { describe, expect, test } from 'vitest';
import { createPair } from './differential.ts';

/** Another seed tries other graphs: `FEDERATION_SEED=7 npx vitest run test/federation`. */
const firstSeed = Number(process.env['FEDERATION_SEED'] ?? 1);
const graphs = 24;
const operationsPerGraph = 20;

describe('a gateway over a random graph answers random operations as one schema would', () => {
  let refused = 0;

  test.each(Array.from({ length: graphs }, (_, index) => firstSeed + index))('seed %i', async (seed) => {
    const pair = await createPair(seed, 'in-process');
    if ('refused' in pair) {
      refused++;
      expect(pair.refused).toContain('composition errors');
      return;
    }
    for (let number = 0; number < operationsPerGraph; number++) {
      const difference = await pair.differs(pair.operation(number));
      expect(difference, `npx tsx test/federation/run.ts --seed ${seed} --show ${number}`).toBeUndefined();
    }
    await pair.close();
  });

  test('over HTTP as well', async () => {
    const pair = await createPair(firstSeed, 'http');
    if ('refused' in pair) return;
    for (let number = 0; number < operationsPerGraph; number++) {
      const difference = await pair.differs(pair.operation(number));
      expect(
        difference,
        `npx tsx test/federation/run.ts --seed ${firstSeed} --show ${number} --transport http`,
      ).toBeUndefined();
    }
    await pair.close();
  });

  test('and nearly every graph composes', () => expect(refused).toBeLessThan(graphs / 4));
});
