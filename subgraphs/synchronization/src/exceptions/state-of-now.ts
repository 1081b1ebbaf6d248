import { localDateAt } from '@takt/planning-time';
import { localDays } from '@takt/production-orders/contract';
import type { Decision } from '../judgement/decision.ts';
import { fencesOf } from '../judgement/fences.ts';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { timeZoneOf } from '../supply-demand/demand.ts';
import type { StateOfNow } from './messages.ts';
import type { PlanningException } from './planning-exception.ts';

export interface OrderNow {
  readonly revision: number;
  readonly scheduledStart: string;
}

type Concerned = Pick<Decision, 'id' | 'lines' | 'againAt'>;

/** What an approval of an exception is judged against. `orders` are in the order of its proposal. */
export function stateOfNow(
  { proposal, decisions }: Pick<PlanningException, 'proposal' | 'decisions'>,
  known: {
    readonly orders: readonly (OrderNow | undefined)[];
    readonly facts: UnitFacts;
    /** Decisions that led to the exception, those that are kept. */
    readonly led: readonly Concerned[];
    /** The latest decisions about the unit that suppressed nothing, and its very latest one, newest first. */
    readonly latest: readonly Concerned[];
    /** The unit's latest decision, if it was made so lately that nobody has kept it yet. */
    readonly justMade?: string | undefined;
    /** RFC 3339 */
    readonly now: string;
  },
): StateOfNow {
  const orders = proposal.map(({ order }, index) => {
    const { revision, scheduledStart } = known.orders[index] ?? {};
    return {
      order,
      ...(revision !== undefined && { revision }),
      ...(scheduledStart !== undefined && { scheduledStart }),
    };
  });
  const decision = known.justMade ?? latestConcerning(decisions, known);
  return { orders, ...(decision !== undefined && { decision }), frozenUntil: frozenUntil(known.facts, known.now) };
}

/**
 * The newest decision that is one of those that led to the exception, or acts on a week that one of them acted on, or would
 * if that had not to cool down: what it says of other weeks changes nothing of what was proposed.
 */
function latestConcerning(
  decisions: readonly string[],
  { led, latest }: { readonly led: readonly Concerned[]; readonly latest: readonly Concerned[] },
): string | undefined {
  const weeks = new Set(led.flatMap(weeksOf));
  const concerns = (decision: Concerned) =>
    decisions.includes(decision.id) || weeksOf(decision).some((week) => led.length === 0 || weeks.has(week));
  return latest.find(concerns)?.id;
}

/** Weeks that a decision acts on, or will once they have cooled down. */
function weeksOf({ lines, againAt }: Concerned): string[] {
  const isHeld = ({ rule, relieved }: Concerned['lines'][number]) =>
    againAt !== undefined && rule !== undefined && !relieved;
  return lines.flatMap((line) => (line.outcome !== 'SUPPRESS' || isHeld(line) ? [line.week] : []));
}

/** The first instant of the first day behind the demand time fence. */
function frozenUntil(facts: UnitFacts, now: string): string {
  const timeZone = timeZoneOf(facts);
  const today = localDateAt(timeZone, now);
  const { frozenUntil: day } = fencesOf(facts, today, NEVER);
  return localDays(timeZone, day, day).from;
}

/** Of a location that does not work any more: everything is inside its fence. */
const NEVER = '9999-12-31';
