import { inboundMessage } from '@takt/intake';
import type { InboundMessage } from '@takt/intake';
import type { Cause } from '@takt/event-log';
import { quantity } from '@takt/quantity';
import type { Quantity } from '@takt/quantity';
import type { Plan } from './plan.ts';

/** In an order in which masters come before what refers to them. */
export const DEMO_DOMAINS = [
  'products',
  'work-centers',
  'supplier-commitments',
  'inventory',
  'forecasts',
  'production-orders',
] as const;
export type DemoDomain = (typeof DEMO_DOMAINS)[number];

/** The backing systems that the demo plant pretends to have. */
export type DemoSystem = 'erp' | 'aps' | 'wms' | 'mes' | 'planning' | 'supplier-portal';

/** What a backing system says of the plant as it is at the plan's day; the key tells apart messages of one type. */
export function planMessage<Data>(
  plan: Plan,
  { system, instance = 'demo', type, key, data, at = plan.now, cause }: PlanMessage<Data>,
): InboundMessage & { readonly data: Data } {
  const id = `demo-${String(plan.seed)}-${plan.size}-${plan.today}/${type}/${key}`;
  return inboundMessage(
    { type, source: `${system}/${instance}`, data, id, time: new Date(at).toISOString(), cause },
    () => {
      throw new Error('A planned message has a time of its own.');
    },
  );
}

interface PlanMessage<Data> {
  readonly system: DemoSystem;
  /** `demo` unless given. */
  readonly instance?: string;
  readonly type: string;
  readonly key: string;
  readonly data: Data;
  /** Milliseconds; when it was true. */
  readonly at?: number;
  readonly cause?: Cause;
}

/** Whole pieces and sets, three decimals of everything else; never negative. */
export function amount(value: number, unit: string): Quantity {
  const whole = unit === 'PC' || unit === 'SET';
  return quantity(whole ? Math.max(0, Math.round(value)) : Math.max(0, Math.round(value * 1000) / 1000), unit);
}
