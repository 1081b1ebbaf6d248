import { add, compare, decimal, multiply, type Quantity } from '@takt/quantity';
import type { DecisionMeasure, DecisionOutcome } from '../judgement/decision.ts';
import type { Observation, Zone } from '../judgement/observation.ts';
import type { PolicyTable, RuleConditions } from './policy-table.ts';

/** What a table is asked about: one measure of one week that is other than what was acted on last. */
export interface Change extends Pick<Observation, 'criticality' | 'refreshClass' | 'bought'> {
  readonly measure: DecisionMeasure;
  readonly zone: Zone;
  /** Unit of the decimals below. */
  readonly unit: string;
  readonly baseline: string;
  readonly now: string;
  /** `now` − `baseline`; not zero. */
  readonly change: string;
  readonly utilizationPercent?: number;
  readonly customerPriority?: number;
}

export interface Verdict {
  readonly outcome: DecisionOutcome;
  /** The rule that decided; absent if none applies. */
  readonly rule?: string;
  /**
   * What the rule asks of the change; if none applies, the limits that the change does not reach, of at most
   * {@link NEAREST_RULES} rules that are for such changes.
   */
  readonly thresholds: readonly string[];
}

/**
 * The first rule that applies decides; if none does, the change is suppressed. Limits of rules that act are raised by
 * `morePercent`. Exact: percent are compared as products, never as quotients.
 */
export function evaluate({ rules }: Pick<PolicyTable, 'rules'>, change: Change, morePercent = 0): Verdict {
  const nearest: string[] = [];
  for (const rule of rules) {
    if (!isFor(rule.when, change)) continue;
    const more = rule.outcome === 'SUPPRESS' ? 0 : morePercent;
    if (reaches(rule.when, change, more)) {
      return { outcome: rule.outcome, rule: rule.id, thresholds: conditionTexts(rule.when, change.unit, more) };
    }
    if (nearest.length < NEAREST_RULES)
      nearest.push(`${rule.id}: ${limitTexts(rule.when, change.unit, more).join(' and ')}`);
  }
  return { outcome: 'SUPPRESS', thresholds: nearest };
}

/** What a rule asks for, each condition as a phrase; percent and floor of a change are raised by `morePercent`. */
export function conditionTexts(when: RuleConditions, unit: string, morePercent = 0): string[] {
  const { measure, zone, criticality, refreshClass, bought, direction } = when;
  return [
    ...(measure ? [`measure ${oneOf(measure)}`] : []),
    ...(zone ? [`zone ${oneOf(zone)}`] : []),
    ...(criticality ? [`criticality ${oneOf(criticality)}`] : []),
    ...(refreshClass ? [`refresh class ${oneOf(refreshClass)}`] : []),
    ...(bought === undefined ? [] : [bought ? 'bought' : 'made here']),
    ...(direction ? [`direction ${oneOf(direction)}`] : []),
    ...limitTexts(when, unit, morePercent),
  ];
}

const NEAREST_RULES = 3;

/** Whether a rule is for such changes at all, however large. */
function isFor(when: RuleConditions, change: Change): boolean {
  return (
    includes(when.measure, change.measure) &&
    includes(when.zone, change.zone) &&
    includes(when.criticality, change.criticality) &&
    includes(when.refreshClass, change.refreshClass) &&
    (when.bought === undefined || when.bought === change.bought) &&
    includes(when.direction, change.change.startsWith('-') ? 'DOWN' : 'UP')
  );
}

function reaches(when: RuleConditions, change: Change, morePercent: number): boolean {
  const { utilizationPercentAtLeast: utilization, customerPriorityAtMost: priority } = when;
  if (utilization !== undefined && !((change.utilizationPercent ?? -1) >= utilization)) return false;
  if (priority !== undefined && !((change.customerPriority ?? Infinity) <= priority)) return false;
  const { changeAtLeast: floor, changePercentAtLeast: percent } = when;
  const size = { value: change.change.replace('-', ''), unit: change.unit };
  if (floor !== undefined && compare(size, raised(floor, change.unit, morePercent)) < 0) return false;
  if (percent === undefined || change.baseline === '0' || change.now === '0') return true;
  const limit = multiply(raised(change.baseline, change.unit, morePercent), percent);
  return compare(multiply(size, 100), limit) >= 0;
}

/** Exact: what is raised by whole or broken percent is the amount times a decimal of two places more. */
function raised(value: string, unit: string, morePercent: number): Quantity {
  const amount = { value, unit };
  if (morePercent === 0) return amount;
  return add(amount, multiply(multiply(amount, morePercent), '0.01'));
}

function limitTexts(when: RuleConditions, unit: string, morePercent: number): string[] {
  const { changePercentAtLeast: percent, changeAtLeast: floor } = when;
  const change = [
    ...(percent === undefined ? [] : [`≥ ${raised(decimal(percent), unit, morePercent).value} %`]),
    ...(floor === undefined ? [] : [`≥ ${raised(floor, unit, morePercent).value} ${unit}`]),
  ];
  return [
    ...(change.length > 0 ? [`|change| ${change.join(' and ')}${morePercent > 0 ? ' (a change back)' : ''}`] : []),
    ...(when.utilizationPercentAtLeast === undefined ? [] : [`utilization ≥ ${when.utilizationPercentAtLeast} %`]),
    ...(when.customerPriorityAtMost === undefined ? [] : [`customer priority ≤ ${when.customerPriorityAtMost}`]),
  ];
}

function includes<Value>(allowed: readonly Value[] | undefined, value: Value): boolean {
  return allowed === undefined || allowed.includes(value);
}

function oneOf(names: readonly string[]): string {
  return names.join(' or ');
}
