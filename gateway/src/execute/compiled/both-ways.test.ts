import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composeGateway } from '../../../test-subgraphs/compose-gateway.ts';
import { createPlant } from '../../../test-subgraphs/plant/data.ts';
import { plantOperations } from '../../../test-subgraphs/plant/operations.ts';
import { plantSubgraphs } from '../../../test-subgraphs/plant/subgraphs.ts';
import { isCanonical, sometimes, spoiling, spoils } from '../../../test-subgraphs/spoiled-answers.ts';
import type { Spoil } from '../../../test-subgraphs/spoiled-answers.ts';
import { inProcessTransport } from '../../transports/in-process.ts';
import type { SubgraphTransport } from '../../transports/transport.ts';
import type { Compilation } from './compiled-runner.ts';

async function gatewayOf(compilation: Compilation, spoil: Spoil) {
  const plant = createPlant();
  const subgraphs = plantSubgraphs(() => plant);
  const transports = subgraphs.map((subgraph): [string, SubgraphTransport] => {
    const transport = inProcessTransport(subgraph, () => undefined);
    return [subgraph.name, spoiling(transport, spoil)];
  });
  return composeGateway(subgraphs, Object.fromEntries(transports), { compilation });
}

test('whatever subgraphs answer, the way over text and the way over objects give the same bytes', async () => {
  let spoil: Spoil = (answer) => answer;
  // Numbers and strings may be spelled in several ways; text keeps the subgraph's.
  let spelling = true;
  const current: Spoil = (answer) => {
    const spoiled = spoil(answer);
    spelling &&= isCanonical(spoiled);
    return spoiled;
  };
  const onText = await gatewayOf('always', current);
  const onObjects = await gatewayOf('checked', current);
  const queries: (typeof plantOperations)[string][] = [];
  for (const request of Object.values(plantOperations)) {
    const isValid = await onText.prepare(request).catch(() => undefined);
    if (isValid && !request.query.startsWith('mutation')) queries.push(request);
  }
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...queries),
      spoils,
      fc.integer({ min: 1, max: 3 }),
      async (request, one, share) => {
        spoil = sometimes(one, share);
        spelling = true;
        const options = { signal: new AbortController().signal };
        const [text = '', objects = ''] = await Promise.all(
          [onText, onObjects].map(async (gateway) => gateway.run(await gateway.prepare(request), options)),
        );
        expect(spelling ? text : JSON.stringify(JSON.parse(text))).toBe(objects);
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      },
    ),
    { numRuns: 500 },
  );
});
