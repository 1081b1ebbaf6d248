import type { InboundMessage } from '@takt/intake';
import type { BillOfMaterialRecord } from './contracts.ts';
import { addDays } from './dates.ts';
import type { MadeItem } from './items.ts';
import { amount, planMessage } from './messages.ts';
import type { Plan } from './plan.ts';
import { randomFor } from './random.ts';
import { routingId } from './routings.ts';
import { SPEED_CONTROLLED } from './series.ts';
import type { Rating, Segment } from './series.ts';

/** What one piece of an item takes. */
export interface BillLine {
  readonly component: string;
  /** Per piece, without scrap. */
  readonly quantity: number;
  readonly unit: string;
  readonly scrapPercent?: number;
  /** Sequence of the routing operation that consumes it. */
  readonly operation: number;
  readonly phantom?: boolean;
  readonly substitute?: { readonly component: string; readonly ratio: string; readonly approvalNeeded: boolean };
}

export interface Bill {
  readonly item: MadeItem;
  readonly lines: readonly BillLine[];
}

/** The bills of a segment, components before what they go into: up to four levels from steel strip to pump. */
export function billsOf({ ratings, drive }: Segment): Bill[] {
  return [
    {
      item: drive,
      lines: [piece('PCB-CTRL'), { ...CABLE, quantity: 0.3 }, SCREWS, LABEL],
    },
    ...ratings.flatMap((rating) => ratingBills(rating, drive)),
  ];
}

/** Lines with phantoms replaced by what they consist of. */
export function exploded({ lines }: Bill, rating: Rating | undefined): BillLine[] {
  return lines.flatMap((line) =>
    line.phantom && rating
      ? pumpEndLines(rating).map((part) => ({
          ...part,
          quantity: part.quantity * line.quantity,
          operation: line.operation,
        }))
      : [line],
  );
}

export function* billMessages(plan: Plan, bills: readonly Bill[]): Generator<InboundMessage> {
  for (const bill of bills) yield* billVersions(plan, bill);
}

/** A tenth of the pumps is about to change to another cable: their next version is valid from in six weeks. */
function* billVersions(plan: Plan, { item, lines }: Bill): Generator<InboundMessage> {
  const changing = item.makes === 'PUMP' && randomFor(plan.seed, 'engineering-change', item.sku).chance(0.1);
  const changeOn = addDays(plan.monday, 42);
  yield billMessage(plan, item, lines, '1', changing ? { validTo: changeOn } : {});
  if (!changing) return;
  const changed = lines.map((line) =>
    line.component === CABLE.component ? { ...line, quantity: line.quantity + 0.5 } : line,
  );
  yield billMessage(plan, item, changed, '2', { validFrom: changeOn });
}

function billMessage(
  plan: Plan,
  item: MadeItem,
  lines: readonly BillLine[],
  version: string,
  validity: { validFrom?: string; validTo?: string },
): InboundMessage {
  const routing = routingId(item);
  const data: BillOfMaterialRecord = {
    id: `BOM-${item.sku}-${version}`,
    sku: item.sku,
    location: item.plant,
    version,
    ...validity,
    ...(routing === undefined ? {} : { routing }),
    baseQuantity: amount(1, item.unit),
    lines: lines.map(({ component, quantity, unit, scrapPercent, operation, phantom, substitute }, index) => ({
      position: (index + 1) * 10,
      component,
      quantity: amount(quantity, unit),
      ...(scrapPercent === undefined ? {} : { scrapPercent }),
      ...(routing === undefined ? {} : { operation: `${routing}/${String(operation)}` }),
      ...(phantom ? { phantom } : {}),
      ...(substitute ? { substitutes: [{ ...substitute, group: `${component}-ALT`, priority: 1 }] } : {}),
    })),
  };
  return planMessage(plan, { system: 'erp', type: 'BillOfMaterialReported', key: data.id, data });
}

function ratingBills(rating: Rating, drive: MadeItem): Bill[] {
  const { scale, pumps, motor, stator, rotor, housing, pumpEnd, casting } = rating;
  return [
    {
      item: stator,
      lines: [
        { component: 'STL-M400', quantity: 2.1 * scale, unit: 'KG', scrapPercent: 6, operation: 10 },
        { component: 'WIR-CU071', quantity: 0.6 * scale, unit: 'KG', scrapPercent: 3, operation: 10 },
        { component: 'VAR-F', quantity: 0.08 * scale, unit: 'L', scrapPercent: 5, operation: 20 },
        { ...CABLE, quantity: 0.6 },
      ],
    },
    {
      item: rotor,
      lines: [
        { component: 'STL-M400', quantity: 1.2 * scale, unit: 'KG', scrapPercent: 6, operation: 10 },
        { component: 'ALU-226', quantity: 0.25 * scale, unit: 'KG', scrapPercent: 4, operation: 10 },
        { component: 'BAR-316L', quantity: 0.22, unit: 'M', scrapPercent: 4, operation: 10 },
      ],
    },
    {
      item: housing,
      lines: [{ ...piece(casting.sku), scrapPercent: 2.5 }, { ...PAINT, quantity: 0.1 * scale, operation: 20 }, SCREWS],
    },
    {
      item: motor,
      lines: [
        piece(stator.sku),
        piece(rotor.sku),
        {
          ...piece('BRG-6203', 2),
          substitute: { component: 'BRG-6203-RS', ratio: '1', approvalNeeded: false },
        },
        piece('SHD-AL', 2),
        piece('FAN-PP'),
        piece('TBX-IP55'),
        SCREWS,
        { ...CABLE, quantity: 0.5 },
        { ...PAINT, quantity: 0.08 * scale },
        LABEL,
      ],
    },
    { item: pumpEnd, lines: pumpEndLines(rating) },
    ...pumps.map((item, index) => ({
      item,
      lines: [
        piece(motor.sku),
        { ...piece(pumpEnd.sku), phantom: true },
        piece(housing.sku),
        piece(index === SPEED_CONTROLLED ? drive.sku : 'SWI-MAIN'),
        { ...CABLE, quantity: 1.5, scrapPercent: 2 },
        SCREWS,
        O_RINGS,
        { ...PAINT, quantity: 0.12 * scale },
        { ...LABEL, operation: 30 },
        { ...piece('MAN-MULTI'), operation: 30 },
        { ...piece('BOX-PUMP'), operation: 30 },
      ],
    })),
  ];
}

function pumpEndLines({ impeller, seal }: Rating): BillLine[] {
  return [
    { ...piece(impeller.sku), scrapPercent: 1 },
    piece(seal.sku),
    O_RINGS,
    { component: 'BAR-316L', quantity: 0.05, unit: 'M', scrapPercent: 4, operation: 10 },
  ];
}

function piece(component: string, quantity = 1): BillLine {
  return { component, quantity, unit: 'PC', operation: 10 };
}

const CABLE: BillLine = { component: 'CAB-4G15', quantity: 1, unit: 'M', operation: 10 };
const SCREWS: BillLine = { component: 'SCR-M6', quantity: 1, unit: 'SET', operation: 10 };
const LABEL: BillLine = piece('LBL-NAME');
const PAINT: BillLine = { component: 'PNT-5010', quantity: 0.1, unit: 'KG', scrapPercent: 8, operation: 10 };
const O_RINGS: BillLine = {
  component: 'ORG-EPDM',
  quantity: 1,
  unit: 'SET',
  operation: 10,
  substitute: { component: 'ORG-FKM', ratio: '1', approvalNeeded: true },
};
