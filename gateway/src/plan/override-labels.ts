import { createHash } from 'node:crypto';
import { Kind, parse, visit } from 'graphql';
import type { Caller } from '../guard/caller.ts';

/** The labels of `@override` in a supergraph. */
export function overrideLabelsOf(supergraphSdl: string): string[] {
  const labels = new Set<string>();
  visit(parse(supergraphSdl, { noLocation: true }), {
    Directive({ name, arguments: args = [] }) {
      if (name.value !== 'join__field') return;
      const value = args.find((argument) => argument.name.value === 'overrideLabel')?.value;
      if (value?.kind === Kind.STRING) labels.add(value.value);
    },
  });
  return [...labels].sort();
}

/** Says which labels are on for a request. */
export type OverrideDecision = (caller: Caller | undefined) => readonly string[];

/**
 * `percent(N)` is on for N of a hundred requests: for a caller that is known always or never, for others by chance.
 * Any other label is on where `isOn` says so.
 */
export function overrideDecision(
  labels: readonly string[],
  isOn: (label: string) => boolean,
  chance: () => number = Math.random,
): OverrideDecision {
  if (labels.length === 0) return () => [];
  return (caller) =>
    labels.filter((label) => {
      const percent = percentOf(label);
      if (percent === undefined) return isOn(label);
      const { subject } = caller ?? {};
      return (subject === undefined ? chance() : shareOf(label, subject)) * 100 < percent;
    });
}

function percentOf(label: string): number | undefined {
  const [, number] = /^percent\((\d{1,2}(?:\.\d{1,8})?|100)\)$/.exec(label) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** From 0 up to 1, evenly spread over subjects, and for each label differently. */
function shareOf(label: string, subject: string): number {
  return (
    createHash('sha256')
      .update(JSON.stringify([label, subject]))
      .digest()
      .readUInt32BE() /
    2 ** 32
  );
}
