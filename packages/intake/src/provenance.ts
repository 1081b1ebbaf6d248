import { SOURCES_KEPT } from './aggregate.ts';
import type { DecisionContext, Origin, Provenance, Refusal, Told } from './aggregate.ts';

/**
 * Refuses a report when its own source has already told how things were at a later time, whatever others have told
 * since. For sources that tell the whole state each time; one that sends increments needs each of them, whatever their order.
 */
export function olderThanKnown(context: DecisionContext): { readonly refused: Refusal } | undefined {
  const { lastTold, origin, time } = context;
  if (lastTold === undefined || !isLater(lastTold, time)) return undefined;
  const source = `${origin.system}/${origin.instance}`;
  const reason = `It was true at ${time}, but ${source} has already told how things were at ${lastTold}.`;
  return { refused: { code: 'OLDER_THAN_KNOWN', reason } };
}

/** Provenance after something was told: `known` itself if the same system has told as much of this time or later. */
export function latestProvenance(known: Provenance | undefined, origin: Origin, time: string): Provenance {
  if (known && isSameSystem(known, origin) && !isLater(time, known.asOf)) return known;
  return { ...origin, asOf: time };
}

/** What was told after `source` told something of this time: `told` itself if it has told as much of this time or later. */
export function latestTold(told: Told = {}, source: string, time: string): Told {
  const before = told[source];
  if (before !== undefined && !isLater(time, before)) return told;
  const others = Object.entries(told).filter(([other]) => other !== source);
  return Object.fromEntries<string>([...others, [source, time] as const].slice(-SOURCES_KEPT));
}

/** Who sent a message, or caused an event. */
export function originOf({ source }: { readonly source: string }): Origin {
  const [system = '', instance = ''] = source.split('/');
  return { system, instance };
}

export function isSameSystem(one: Origin, other: Origin): boolean {
  return one.system === other.system && one.instance === other.instance;
}

function isLater(one: string, other: string): boolean {
  return Date.parse(one) > Date.parse(other);
}
