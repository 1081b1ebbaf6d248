import { compare } from '@takt/quantity';
import type { PolicyTable, Rule, RuleConditions } from './policy-table.ts';

/** What is wrong with a table of the right shape, a line each that names rule and field. */
export interface TableFindings {
  /** It must not be published like this. */
  readonly problems: readonly string[];
  /** It may, but does what its owner hardly wants. */
  readonly warnings: readonly string[];
}

/** Finds what no planner can have meant: rules that can never apply, and limits that let noise through. */
export function checkTable(table: PolicyTable): TableFindings {
  const { rules, validFrom, validTo } = table;
  const places = rules.map((rule, index) => ({ rule, place: `rules[${index}] ${rule.id}` }));
  const problems: string[] = [];
  if (validTo !== undefined && Date.parse(validTo) <= Date.parse(validFrom)) {
    problems.push(`validTo: ${validTo} is not after validFrom (${validFrom}), so that it never holds.`);
  }
  for (const [index, { rule, place }] of places.entries()) {
    const earlier = rules.slice(0, index);
    if (earlier.some(({ id }) => id === rule.id)) problems.push(`${place}: id: Another rule has this id.`);
    const covering = earlier.find((each) => covers(each.when, rule.when));
    if (covering)
      problems.push(`${place}: when: It can never apply: ${covering.id} comes before and decides all of it.`);
    if (isOnlyFrozen(rule.when) && AUTOMATIC.has(rule.outcome)) {
      problems.push(`${place}: outcome: ${rule.outcome} is not for the FROZEN zone alone: there it becomes EXCEPTION.`);
    }
  }
  return { problems, warnings: places.flatMap(unboundedPercent) };
}

/** Whether all that meets the second conditions meets the first as well. */
function covers(first: RuleConditions, second: RuleConditions): boolean {
  return (
    includesAll(first.measure, second.measure, 3) &&
    includesAll(first.zone, second.zone, 3) &&
    includesAll(first.criticality, second.criticality, 4) &&
    includesAll(first.refreshClass, second.refreshClass, 2) &&
    includesAll(first.direction, second.direction, 2) &&
    (first.bought === undefined || first.bought === second.bought) &&
    (first.changePercentAtLeast ?? 0) <= (second.changePercentAtLeast ?? 0) &&
    compare(number(first.changeAtLeast), number(second.changeAtLeast)) <= 0 &&
    isLower(first.utilizationPercentAtLeast, second.utilizationPercentAtLeast) &&
    isLower(second.customerPriorityAtMost, first.customerPriorityAtMost, true)
  );
}

/** `all`: how many values there are, so that naming all of them is as good as naming none. */
function includesAll<Value>(
  allowed: readonly Value[] | undefined,
  others: readonly Value[] | undefined,
  all: number,
): boolean {
  if (allowed === undefined || allowed.length === all) return true;
  return others?.every((other) => allowed.includes(other)) ?? false;
}

/** A condition on what may be unknown is covered only by none, or by one that is as weak. */
function isLower(limit: number | undefined, other: number | undefined, isSwapped = false): boolean {
  if (isSwapped ? other === undefined : limit === undefined) return true;
  return limit !== undefined && other !== undefined && limit <= other;
}

function unboundedPercent({ rule: { when, outcome }, place }: { rule: Rule; place: string }): string[] {
  if (outcome === 'SUPPRESS' || when.changePercentAtLeast === undefined || when.changeAtLeast !== undefined) return [];
  if (when.measure && !when.measure.includes('DEMAND')) return [];
  return [`${place}: changeAtLeast: Percent of a small demand are nothing: say how much it must be at least.`];
}

function isOnlyFrozen({ zone }: RuleConditions): boolean {
  return zone?.length === 1 && zone[0] === 'FROZEN';
}

function number(value = '0') {
  return { value, unit: '1' };
}

const AUTOMATIC: ReadonlySet<string> = new Set(['RECALCULATE', 'PROPOSE']);
