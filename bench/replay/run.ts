import { inboundMessage, systemClock, type InboundMessage } from '@takt/intake';
import { productionOrders } from '@takt/production-orders';
import { openDomain, releaseAll, type Domain } from '@takt/subgraph-server';
import { engineProfiles, type EngineProfile } from '../engines.ts';
import { offeredInPortions } from '../offered.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { interleaved, median, ownCpuMs } from '../statistics.ts';

const EVENTS = 50_000;
/** Each order is reported so many times, each time with another schedule. */
const REPORTS_OF_AN_ORDER = 20;
const ORDERS_AT_ONCE = 500;
const WORK_CENTERS = 50;
const HOUR_MS = 60 * 60 * 1000;

interface Rebuilding {
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly events: number;
}

/** What it costs to make the loads of the work centers again from the whole log; of a tenth of the events, and of all. */
export async function run(options: BenchOptions): Promise<Table[]> {
  const { profiles, notes } = await engineProfiles(options);
  const sizesOf = ({ atMost }: EngineProfile) => {
    const all = atMost(options.limit ?? EVENTS);
    return [Math.ceil(all / 10), all] as const;
  };
  const domains: Domain[] = [];
  try {
    const contenders = new Map<string, () => Promise<Rebuilding>>();
    for (const profile of profiles) {
      for (const size of sizesOf(profile)) {
        const domain = await openDomain(productionOrders, { ...profile.place(), clock: systemClock });
        domains.push(domain);
        await fill(domain, size);
        contenders.set(`${profile.name} ${size}`, () => rebuilding(domain));
      }
    }
    const measured = await interleaved(contenders, options.rounds);
    const over = (name: string, size: number, figure: (one: Rebuilding) => number) =>
      median((measured.get(`${name} ${size}`) ?? []).map(figure));
    return [
      {
        title: `Loads of ${WORK_CENTERS} work centers made again from the log; ${REPORTS_OF_AN_ORDER} events of each order`,
        bar: 'events/s',
        rows: profiles.flatMap((profile) => {
          const { name } = profile;
          const [tenth, all] = sizesOf(profile);
          const cpuUs = (size: number) => over(name, size, ({ cpuMs, events }) => (cpuMs * 1000) / events);
          return [tenth, all].map((size) => ({
            '': name,
            events: over(name, size, ({ events }) => events),
            'CPU × tenth': cpuUs(size) / cpuUs(tenth),
            'events/s': over(name, size, ({ elapsedMs, events }) => (events / elapsedMs) * 1000),
            'whole s': over(name, size, ({ elapsedMs }) => elapsedMs / 1000),
            'µs/event': over(name, size, ({ elapsedMs, events }) => (elapsedMs * 1000) / events),
            'CPU µs/event': cpuUs(size),
          }));
        }),
        notes: [
          'With what `npm run takt -- replay --rebuild` does: the documents are removed and made again. Fails unless every event is taken.',
          ...notes,
        ],
      },
    ];
  } finally {
    await releaseAll(domains.map((domain) => () => domain.close()));
  }
}

async function rebuilding(domain: Domain): Promise<Rebuilding> {
  const cpuBefore = ownCpuMs();
  const start = performance.now();
  const watch = { onProgress: () => undefined, signal: new AbortController().signal };
  const { consumers } = await domain.operations().replay({ rebuild: true, dryRun: false }, watch);
  const figures = { elapsedMs: performance.now() - start, cpuMs: ownCpuMs() - cpuBefore };
  const events = consumers.reduce((sum, consumer) => sum + consumer.events, 0);
  if (events !== (await domain.log.head())) throw new Error(`Of the log ${events} events were taken.`);
  return { ...figures, events };
}

/** As many events as reports, all of them in the log at the end. */
async function fill({ intake, log }: Domain, events: number): Promise<void> {
  await offeredInPortions(intake, reports(events), { size: 500, atOnce: 1 });
  for await (const { position } of log.follow(0, new AbortController().signal)) if (position === events) return;
}

/** One cohort of orders after the other, each in a month of its own: more events are a longer time, not more work at once. */
function* reports(count: number): Generator<InboundMessage, undefined> {
  const orders = Math.min(ORDERS_AT_ONCE, Math.ceil(count / REPORTS_OF_AN_ORDER));
  for (let index = 0; index < count; index++) {
    const round = Math.floor(index / orders);
    const cohort = Math.floor(round / REPORTS_OF_AN_ORDER);
    const order = cohort * orders + (index % orders);
    const start = Date.UTC(2020, cohort, 1 + (order % 25), 6) + (round % REPORTS_OF_AN_ORDER) * HOUR_MS;
    const at = (hours: number) => new Date(start + hours * HOUR_MS).toISOString();
    const operations = [0, 1].map((step) => ({
      sequence: 10 * (step + 1),
      name: 'Work',
      workCenter: `WC-${(order + step * 7) % WORK_CENTERS}`,
      plannedMinutes: 240,
      scheduledStart: at(step * 24),
      scheduledEnd: at(step * 24 + 4),
    }));
    const data = {
      id: `PO-${order}`,
      sku: `SKU-${order % 500}`,
      location: 'P100',
      quantity: { value: '100', unit: 'PC' },
      scheduledStart: at(0),
      scheduledEnd: at(28),
      state: 'RELEASED',
      sourceStatuses: ['REL'],
      operations,
      components: [{ position: 10, sku: 'CASTING', required: { value: '100', unit: 'PC' } }],
    };
    yield inboundMessage({ type: 'ProductionOrderReported', source: 'erp/P100', data }, systemClock);
  }
}
