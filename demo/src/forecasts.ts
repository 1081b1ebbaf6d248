import type { InboundMessage } from '@takt/intake';
import type { ForecastReport, OverrideForecast } from './contracts.ts';
import { addDays, isoWeek } from './dates.ts';
import type { Need } from './items.ts';
import { planMessage } from './messages.ts';
import type { Plan } from './plan.ts';
import { randomFor } from './random.ts';

const FORECAST_WEEKS = 78;

/** When each cycle was published, oldest first: Mondays up to the current one. */
export interface Cycle {
  readonly version: string;
  readonly publishedAt: string;
  readonly starts: readonly string[];
}

export function cyclesOf(plan: Plan): Cycle[] {
  return Array.from({ length: plan.shape.cycles }, (_, index) => {
    const start = addDays(plan.monday, (index + 1 - plan.shape.cycles) * 7);
    return {
      version: isoWeek(start),
      publishedAt: `${start}T00:00:00Z`,
      starts: Array.from({ length: FORECAST_WEEKS }, (_unused, week) => addDays(start, week * 7)),
    };
  });
}

/** The demand of a location's own customers, as each cycle saw it: 78 weeks with season, trend and noise. */
export function* forecastMessages(plan: Plan, need: Need, cycles: readonly Cycle[]): Generator<InboundMessage> {
  const { item, location, fromCustomers = 0 } = need;
  const key = `${item.sku}@${location}`;
  const trend = randomFor(plan.seed, 'trend', key).between(-0.06, 0.08);
  const phase = seasonPhase(item.family);
  for (const { version, publishedAt, starts } of cycles) {
    const random = randomFor(plan.seed, 'forecast', key, version);
    const noise = NOISE[item.xyz];
    const revised = 1 + random.normal() * noise * 0.3;
    const data: ForecastReport = {
      sku: item.sku,
      location,
      granularity: 'WEEK',
      unit: item.unit,
      version,
      publishedAt,
      status: 'PUBLISHED',
      method: METHODS[item.xyz],
      mape: percent(100 * noise * random.between(0.9, 1.4)),
      bias: percent(100 * noise * random.normal() * 0.35),
      priority: { A: 1, B: 2, C: 3 }[item.abc],
      planned: true,
      complete: true,
      buckets: starts.map((start, week) => ({
        start,
        baseline: String(
          Math.max(
            0,
            Math.round(
              fromCustomers *
                revised *
                season(start, phase) *
                (1 + (trend * week) / 52) *
                (1 + random.normal() * noise * 0.4),
            ),
          ),
        ),
      })),
    };
    const at = Date.parse(publishedAt);
    yield planMessage(plan, { system: 'planning', type: 'ForecastReported', key: `${key}/${version}`, data, at });
  }
  const promotion = promotionOf(plan, need, cycles.at(-1));
  if (promotion) {
    yield planMessage(plan, {
      system: 'planning',
      type: 'OverrideForecast',
      key,
      data: promotion,
      at: plan.now + 2000,
      cause: 'MANUAL',
    });
  }
}

/** For a tenth of the best sellers a planner knows of a campaign: four weeks a third above the statistics. */
function promotionOf(
  plan: Plan,
  { item, location, fromCustomers = 0 }: Need,
  cycle: Cycle | undefined,
): OverrideForecast | undefined {
  const random = randomFor(plan.seed, 'promotion', item.sku, location);
  if (!cycle || item.abc !== 'A' || !random.chance(plan.size === 'small' ? 0.5 : 0.1)) return undefined;
  const first = random.integer(6, 20);
  return {
    id: `${encodeURIComponent(item.sku)}@${encodeURIComponent(location)}`,
    reason: random.pick([
      'Spring campaign at wholesale',
      'Framework contract won',
      'Price increase announced: early orders',
    ]),
    buckets: cycle.starts
      .slice(first, first + 4)
      .map((start) => ({ start, quantity: String(Math.round(fromCustomers * 1.35)) })),
  };
}

/** Heating pumps peak in late autumn, submersible pumps in early summer; 1 on average over the year. */
function season(date: string, peakMonth: number): number {
  const month = Number(date.slice(5, 7)) + Number(date.slice(8, 10)) / 31;
  return 1 + 0.18 * Math.cos(((month - peakMonth) / 12) * 2 * Math.PI);
}

function seasonPhase(family: string): number {
  return family === 'Submersibles' ? 6 : family === 'Circulators' ? 11 : 9;
}

function percent(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Relative deviation of a week's demand from its mean. */
const NOISE = { X: 0.08, Y: 0.18, Z: 0.4 } as const;
const METHODS = { X: 'Holt-Winters', Y: 'Exponential smoothing', Z: 'Croston' } as const;
