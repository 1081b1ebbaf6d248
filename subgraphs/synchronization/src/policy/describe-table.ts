import type { DecisionMeasure, DecisionOutcome } from '../judgement/decision.ts';
import type { PolicyTable, RuleConditions } from './policy-table.ts';

/** The table as sentences that a planner can check, one a line, rules in the order in which they are asked. */
export function describeTable(table: PolicyTable): string[] {
  const { name, owner, locations, validFrom, validTo, coolDownMinutes, hysteresisPercent, rules } = table;
  return [
    `${name}, of ${owner}, holds ${locations ? `at ${locations.join(', ')}` : 'at every plant'} from ${validFrom}${validTo === undefined ? ' on' : ` to ${validTo}`}.`,
    'The first rule that applies decides; what no rule is for changes nothing.',
    ...rules.map(
      ({ id, description, when, outcome }, index) =>
        `${index + 1}. ${describeConditions(when)}: ${OUTCOME_TEXTS[outcome]}. (${id}: ${description})`,
    ),
    coolDownMinutes === 0
      ? 'A week may be rescheduled again at once.'
      : `A week that the schedule was made to follow is left alone for ${minutes(coolDownMinutes)}.`,
    hysteresisPercent === 0
      ? 'A change back counts like any other.'
      : `A change back has to be ${hysteresisPercent} % larger than a rule says.`,
    'Inside the demand time fence nothing is automatic, inside the planning time fence a planner approves, whatever a rule says.',
  ];
}

function describeConditions(when: RuleConditions): string {
  const { measure, direction, bought, criticality, refreshClass, zone } = when;
  const what = (measure ?? ALL_MEASURES).map((each) => MEASURE_TEXTS[each]).join(' or ');
  const how = direction?.length === 1 ? (direction[0] === 'UP' ? 'grows' : 'becomes less') : 'changes';
  const kind = bought === undefined ? 'an item' : bought ? 'a bought item' : 'an item made here';
  const which = [
    ...(criticality ? [`of ${either(criticality)} criticality`] : []),
    ...(refreshClass ? [`of refresh class ${either(refreshClass)}`] : []),
  ];
  const limits = [
    ...(when.changePercentAtLeast === undefined ? [] : [`${when.changePercentAtLeast} %`]),
    ...(when.changeAtLeast === undefined ? [] : [`${when.changeAtLeast} ${unitOf(measure)}`]),
  ];
  return [
    [`When ${what} of ${kind}`, ...which].join(' '),
    how,
    limits.length === 0 ? '' : `by at least ${limits.join(' and ')}`,
    zone ? `in the ${either(zone)} zone` : '',
    when.utilizationPercentAtLeast === undefined
      ? ''
      : `while its busiest work center is loaded to ${when.utilizationPercentAtLeast} % or more`,
    when.customerPriorityAtMost === undefined
      ? ''
      : `and a customer of priority ${when.customerPriorityAtMost} or more important waits`,
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function either(names: readonly string[]): string {
  return names.map((name) => name.toLowerCase()).join(' or ');
}

/** Lateness is in minutes, everything else in the item's unit. */
function unitOf(measure: readonly DecisionMeasure[] = ALL_MEASURES): string {
  if (!measure.includes('CAPACITY')) return 'in its unit';
  return measure.length === 1 ? 'minutes' : 'in its unit (lateness: minutes)';
}

function minutes(count: number): string {
  return count % 60 === 0 ? `${count / 60} h` : `${count} min`;
}

const ALL_MEASURES: readonly DecisionMeasure[] = ['DEMAND', 'SHORTAGE', 'CAPACITY'];
const MEASURE_TEXTS: Readonly<Record<DecisionMeasure, string>> = {
  DEMAND: 'the demand',
  SHORTAGE: 'the shortage',
  CAPACITY: 'the lateness of orders',
};
const OUTCOME_TEXTS: Readonly<Record<DecisionOutcome, string>> = {
  SUPPRESS: 'nothing is done',
  RECALCULATE: 'the schedule follows by itself',
  PROPOSE: 'a schedule is proposed, and a planner approves it',
  PROCUREMENT_ALERT: 'a buyer is told',
  EXCEPTION: 'a planner has to decide',
};
