import type { Decision, DecisionLine, DecisionMeasure, DecisionOutcome } from './decision.ts';

/** Why it was decided so, as a planner would tell a colleague: a sentence for the whole, then one for each line. */
export function explain({ lines, observation, outcome, deferred, begins, againAt }: Decision): string[] {
  const { sku, location, unit } = observation;
  const whole =
    lines.length === 0
      ? begins
        ? `What was observed of ${sku} at ${location} is the baseline from now on; nothing was known of it before.`
        : `Nothing of ${sku} at ${location} differs from what was propagated last.`
      : `${sku} at ${location}: ${OUTCOME_TEXTS[outcome]}.`;
  return [
    whole,
    ...lines.map((line) => explainLine(line, unit)),
    ...(deferred === undefined ? [] : [`It is not acted on yet. ${deferred}`]),
    ...(againAt === undefined ? [] : [`What cools down is judged again at ${againAt}.`]),
  ];
}

function explainLine(line: DecisionLine, unit: string): string {
  const { week, measure, zone, baseline, now, change, changePercent, because, outcome } = line;
  const amount = measure === 'CAPACITY' ? 'min' : unit;
  const sign = change.startsWith('-') ? '' : '+';
  const percent = changePercent === null ? '' : `, ${sign}${changePercent} %`;
  const what = `Week of ${week} (${zone.toLowerCase()}): ${MEASURE_TEXTS[measure]} ${sign ? 'rose' : 'fell'} from ${baseline} to ${now} ${amount} (${sign}${change}${percent}).`;
  return [what, ruleText(line), because, `So ${OUTCOME_TEXTS[outcome]}.`]
    .filter((text) => text !== undefined)
    .join(' ');
}

/** Nothing of a line that no rule was asked about. */
function ruleText({ rule, thresholds, relieved }: DecisionLine): string | undefined {
  if (relieved) return undefined;
  if (rule !== undefined) return `Rule ${rule} applies: ${thresholds.length === 0 ? 'always' : thresholds.join(', ')}.`;
  if (thresholds.length === 0) return 'No rule is for such changes.';
  return `No rule applies; the nearest ask for more: ${thresholds.join('; ')}.`;
}

const MEASURE_TEXTS: Readonly<Record<DecisionMeasure, string>> = {
  DEMAND: 'demand',
  SHORTAGE: 'the shortage',
  CAPACITY: 'the lateness of orders',
};
const OUTCOME_TEXTS: Readonly<Record<DecisionOutcome, string>> = {
  SUPPRESS: 'nothing is done',
  RECALCULATE: 'the schedule follows by itself',
  PROPOSE: 'a schedule is proposed to a planner',
  PROCUREMENT_ALERT: 'a buyer is told',
  EXCEPTION: 'a planner has to decide',
};
