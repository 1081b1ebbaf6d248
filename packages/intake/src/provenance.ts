import type { DecisionContext, Origin, Provenance, Refusal } from './aggregate.ts';

/**
 * Refuses a report when the same system has already told how things were at a later time. For sources that tell the
 * whole state each time; one that sends increments needs each of them, whatever their order.
 */
export function olderThanKnown({ known, origin, time }: DecisionContext): { readonly refused: Refusal } | undefined {
  if (!known || !isSameSystem(known, origin) || !isLater(known.asOf, time)) return undefined;
  const system = `${known.system}/${known.instance}`;
  const reason = `It was true at ${time}, but ${system} has already told how things were at ${known.asOf}.`;
  return { refused: { code: 'OLDER_THAN_KNOWN', reason } };
}

/** Provenance after something was told: `known` itself if the same system has told as much of this time or later. */
export function latestProvenance(known: Provenance | undefined, origin: Origin, time: string): Provenance {
  if (known && isSameSystem(known, origin) && !isLater(time, known.asOf)) return known;
  return { ...origin, asOf: time };
}

export function isSameSystem(one: Origin, other: Origin): boolean {
  return one.system === other.system && one.instance === other.instance;
}

function isLater(one: string, other: string): boolean {
  return Date.parse(one) > Date.parse(other);
}
