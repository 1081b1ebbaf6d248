import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { SubgraphTransport } from '../src/index.ts';
import { fromByteText, toByteText } from '../src/byte-text.ts';

/** Makes something else of a subgraph's answer; the same of the same. */
export type Spoil = (answer: string) => string;

const gone = Symbol('gone');

export const spoils: fc.Arbitrary<Spoil> = fc.oneof(
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
export function sometimes(spoil: Spoil, share: number): Spoil {
  return (answer) => (createHash('sha256').update(answer).digest().readUInt8(0) % share === 0 ? spoil(answer) : answer);
}

/** Spoils some answers or all, as a seed says. */
export function randomSpoil(seed: number): Spoil {
  const [spoil] = fc.sample(fc.tuple(spoils, fc.integer({ min: 1, max: 3 })), { seed, numRuns: 1 });
  if (!spoil) throw new Error('no sample');
  return sometimes(...spoil);
}

/** A transport with answers that are spoiled. */
export function spoiling(transport: SubgraphTransport, spoil: Spoil): SubgraphTransport {
  return {
    ...transport,
    executeText: async (request) => toByteText(spoil(fromByteText(await transport.executeText(request)))),
  };
}

/** Whether the text spells its values as `JSON.stringify` does; also where it is no JSON. */
export function isCanonical(json: string): boolean {
  try {
    return JSON.stringify(JSON.parse(json)) === json;
  } catch {
    return true;
  }
}

/** Replaces, removes or adds one value somewhere within, by a number that decides where. */
function replaceWithin(value: unknown, at: number, replacement: unknown): unknown {
  if (typeof value !== 'object' || value === null) return replacement;
  const keys = Object.keys(value);
  if (keys.length === 0 || at % 7 === 0) return replacement;
  const key = keys[at % keys.length] ?? '';
  const inner = replaceWithin((value as Record<string, unknown>)[key], Math.floor(at / keys.length), replacement);
  if (Array.isArray(value)) return value.map((each: unknown, index) => (String(index) === key ? inner : each));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) =>
      name === key ? (inner === gone ? [] : [[name, inner]]) : [[name, each]],
    ),
  );
}
