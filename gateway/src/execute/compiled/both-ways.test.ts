import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composeGateway } from '../../../test-subgraphs/compose-gateway.ts';
import { createPlant } from '../../../test-subgraphs/plant/data.ts';
import { plantOperations } from '../../../test-subgraphs/plant/operations.ts';
import { plantSubgraphs } from '../../../test-subgraphs/plant/subgraphs.ts';
import { inProcessTransport } from '../../transports/in-process.ts';
import type { SubgraphTextRequest, SubgraphTransport } from '../../transports/transport.ts';
import type { Compilation } from './compiled-runner.ts';

/** Makes something else of a subgraph's answer; the same of the same. */
type Spoil = (answer: string) => string;

async function gatewayOf(compilation: Compilation, spoil: Spoil) {
  const plant = createPlant();
  const subgraphs = plantSubgraphs(() => plant);
  const transports = subgraphs.map((subgraph): [string, SubgraphTransport] => {
    const transport = inProcessTransport(subgraph, () => undefined);
    const spoiled = {
      ...transport,
      executeText: async (request: SubgraphTextRequest) => spoil(await transport.executeText(request)),
    };
    return [subgraph.name, spoiled];
  });
  return composeGateway(subgraphs, Object.fromEntries(transports), { compilation });
}

/** Replaces, removes or adds one value somewhere within, by a number that decides where. */
function replaceWithin(value: unknown, at: number, replacement: unknown): unknown {
  if (typeof value !== 'object' || value === null) return replacement;
  const keys = Object.keys(value);
  if (keys.length === 0 || at % 7 === 0) return replacement;
  const key = keys[at % keys.length]!;
  const inner = replaceWithin((value as Record<string, unknown>)[key], Math.floor(at / keys.length), replacement);
  if (Array.isArray(value)) return value.map((each: unknown, index) => (String(index) === key ? inner : each));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) =>
      name === key ? (inner === gone ? [] : [[name, inner]]) : [[name, each]],
    ),
  );
}

const gone = Symbol('gone');

const spoils: fc.Arbitrary<Spoil> = fc.oneof(
  fc.tuple(fc.nat(), fc.constantFrom<unknown>(null, 7, 1.5, 'x', true, [], {}, [null], { a: 1 }, gone)).map(
    ([at, replacement]): Spoil =>
      (answer) =>
        JSON.stringify(replaceWithin(JSON.parse(answer), at, replacement)),
  ),
  fc.nat().map(
    (at): Spoil =>
      (answer) =>
        answer.slice(0, at % (answer.length + 1)),
  ),
  fc.tuple(fc.nat(), fc.string({ maxLength: 2 })).map(
    ([at, text]): Spoil =>
      (answer) =>
        answer.slice(0, at % answer.length) + text + answer.slice((at % answer.length) + 1),
  ),
  fc.constantFrom<Spoil>(
    (answer) => answer,
    (answer) => JSON.stringify(JSON.parse(answer), undefined, 2),
    (answer) => answer.replace(/[a-z]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`),
    (answer) => JSON.stringify({ extensions: { traced: true }, ...(JSON.parse(answer) as object) }),
    (answer) => answer.replace(/\}$/, ',"extensions":{"traced":true}}'),
    (answer) => answer.replace(/\}$/, ',"errors":[{"message":"late"}]}'),
    (answer) => answer.replaceAll('P', 'Ä€😀'),
    () => '<html>',
    () => '',
    () => '{"data":null}',
    () => '{"data":{}}',
    () => '{"data":{"_entities":[]}}',
    () => '{"data":{"__proto__":{"polluted":true}}}',
  ),
);

/** Spoils only some answers, the same ones whatever the order in which they come. */
function sometimes(spoil: Spoil, share: number): Spoil {
  return (answer) => (createHash('sha256').update(answer).digest().readUInt8(0) % share === 0 ? spoil(answer) : answer);
}

function isCanonical(json: string): boolean {
  try {
    return JSON.stringify(JSON.parse(json)) === json;
  } catch {
    return true;
  }
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
