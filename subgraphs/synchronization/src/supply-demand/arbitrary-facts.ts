import fc from 'fast-check';
import {
  commitment,
  customerOrder,
  dayAfter,
  forecast,
  pieces,
  productionOrder,
  pump,
  stock,
  transfer,
} from './facts.fixture.ts';

/** What properties are about: an item with anything of everything around this day. */
export const TODAY = '2026-11-26';

const amount = fc.integer({ min: 0, max: 300 });
const day = fc.integer({ min: -30, max: 150 }).map((days) => dayAfter(TODAY, days));
const entries = fc.array(fc.tuple(day, amount), { maxLength: 8 });
const states = fc.constantFrom('PROPOSED', 'PLANNED', 'FIRMED', 'RELEASED', 'IN_PROGRESS', 'CONFIRMED', 'CANCELLED');
const dated = fc.array(fc.tuple(day, amount, states, fc.boolean()), { maxLength: 8 });

const weekly = fc
  .array(amount, { maxLength: 20 })
  .map((values) =>
    forecast(Object.fromEntries(values.map((value, week) => [dayAfter('2026-11-16', 7 * week), value]))),
  );
const monthly = fc.array(amount, { maxLength: 5 }).map((values) =>
  forecast(Object.fromEntries(values.map((value, month) => [MONTHS[month] as string, value])), {
    granularity: 'MONTH',
  }),
);
const MONTHS = ['2026-11-01', '2026-12-01', '2027-01-01', '2027-02-01', '2027-03-01'];

export const anyFacts = fc
  .record({
    onHand: amount,
    series: fc.oneof(weekly, monthly),
    ordered: entries,
    made: dated,
    needed: dated,
    promised: fc.array(fc.tuple(day, amount, fc.boolean()), { maxLength: 5 }),
    moved: fc.array(fc.tuple(day, amount, fc.constantFrom('PROPOSED', 'FIRMED', 'SHIPPED')), { maxLength: 5 }),
  })
  .map(({ onHand, series, ordered, made, needed, promised, moved }) =>
    pump({
      stock: stock(onHand),
      forecasts: [series],
      customerOrders: ordered.map(([on, value], index) =>
        customerOrder(`S${index}`, on, value, { priority: index % 3 }),
      ),
      makingOrders: made.map(([on, value, state, onHold], index) =>
        productionOrder(`P${index}`, on, value, { state, onHold }),
      ),
      consumingOrders: needed.map(([on, value, state], index) =>
        productionOrder(`A${index}`, on, 1, {
          sku: 'ASSEMBLY',
          state,
          components: [{ position: 10, sku: 'PUMP', required: pieces(value) }],
        }),
      ),
      commitments: promised.map(([on, value, firm], index) =>
        commitment(`C${index}`, on, value, { level: firm ? 'FIRM' : 'PLANNED' }),
      ),
      arriving: moved.map(([on, value, state], index) => transfer(`T${index}`, on, value, { state })),
      leaving: moved.map(([on, value, state], index) => transfer(`L${index}`, on, value, { state })),
    }),
  );
