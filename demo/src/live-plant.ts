import type {
  ForecastReport,
  ProductionOrderReport,
  StockReport,
  SupplierCommitmentReport,
  WorkCenterReport,
} from './contracts.ts';
import { demoPlant } from './plant.ts';
import type { DemoOptions } from './plan.ts';

/**
 * What the live plant knows of itself: made anew from the seed, corrected by how its messages end. Bounded, whatever the
 * size of the plant.
 */
export interface LivePlant {
  readonly positions: LivePosition[];
  /** Ready to be released. */
  readonly firmed: LiveOrder[];
  /** Released and not finished. */
  readonly running: LiveOrder[];
  /** Held by the laboratory. */
  readonly held: { readonly order: LiveOrder; readonly hold: string; readonly since: number }[];
  /** What orders look like: new ones are made after them. */
  readonly templates: readonly ProductionOrderReport[];
  readonly machines: readonly string[];
  /** Machines that are down, with the beat in which they failed. */
  readonly down: { readonly code: string; readonly since: number }[];
  /** Schedule lines that are still to be delivered. */
  readonly promises: readonly LivePromise[];
  readonly series: readonly ForecastReport[];
}

/** Unrestricted stock of an item at a location, in one lot if it has lots. */
export interface LivePosition {
  readonly sku: string;
  readonly location: string;
  readonly unit: string;
  readonly lot?: string;
  /** What it swings around. */
  readonly usual: number;
  /** What is believed to be there. */
  level: number;
}

export interface LiveOrder {
  readonly report: ProductionOrderReport;
  /** Index of the operation that is next to be confirmed. */
  operation: number;
  /** Pieces confirmed at it. */
  done: number;
}

interface LivePromise {
  readonly line: SupplierCommitmentReport;
  late: boolean;
}

/** Reads as much of the plant as the live mode moves; of a large plant only the beginning is made. */
export function livePlant(options: DemoOptions): LivePlant {
  const positions: LivePosition[] = [];
  const firmed: LiveOrder[] = [];
  const running: LiveOrder[] = [];
  const held: LivePlant['held'] = [];
  const templates: ProductionOrderReport[] = [];
  const machines: string[] = [];
  const down: LivePlant['down'] = [];
  const promises = new Map<string, LivePromise>();
  const series = new Map<string, ForecastReport>();

  for (const { domain, messages } of demoPlant(options)) {
    if (templates.length > 0 && domain !== 'production-orders') break;
    for (const { type, data } of messages) {
      switch (type) {
        case 'StockReported':
          positions.push(...positionOf(data as StockReport));
          break;
        case 'ProductionOrderReported':
          takeOrder(data as ProductionOrderReport);
          break;
        case 'PlaceQualityHold':
          takeHold(data as { readonly id: string; readonly hold: string });
          break;
        case 'WorkCenterReported':
          takeMachine(data as WorkCenterReport);
          break;
        case 'WorkCenterStateReported':
          if ((data as { readonly state: string }).state === 'DOWN') {
            down.push({ code: (data as { readonly code: string }).code, since: 0 });
          }
          break;
        case 'SupplierCommitmentReported':
          promises.set((data as SupplierCommitmentReport).id, { line: data as SupplierCommitmentReport, late: false });
          break;
        case 'ReceiptPosted':
          promises.delete((data as { readonly id: string }).id);
          break;
        case 'ForecastReported':
          series.set(`${(data as ForecastReport).sku}@${(data as ForecastReport).location}`, data as ForecastReport);
          break;
      }
    }
  }
  return {
    positions: positions.slice(-MOST_KEPT),
    firmed,
    running,
    held,
    templates,
    machines,
    down,
    promises: [...promises.values()].slice(-MOST_KEPT),
    series: [...series.values()].slice(-MOST_KEPT),
  };

  function takeOrder(report: ProductionOrderReport): void {
    if (templates.length >= MOST_KEPT) return;
    templates.push(report);
    const order = liveOrder(report);
    if (report.state === 'FIRMED') firmed.push(order);
    if (ON_THE_FLOOR.has(report.state)) running.push(order);
  }

  function takeHold({ id, hold }: { readonly id: string; readonly hold: string }): void {
    const index = running.findIndex(({ report }) => report.id === id);
    const [order] = index < 0 ? [] : running.splice(index, 1);
    if (order) held.push({ order, hold, since: 0 });
  }

  function takeMachine({ code, level }: WorkCenterReport): void {
    if (level !== 'AREA' && machines.length < MOST_KEPT) machines.push(code);
  }
}

export function liveOrder(report: ProductionOrderReport): LiveOrder {
  const next = report.operations.findIndex(({ state }) => state !== 'CONFIRMED' && state !== 'CANCELLED');
  return { report, operation: Math.max(0, next), done: 0 };
}

const MOST_KEPT = 500;
const ON_THE_FLOOR: ReadonlySet<string> = new Set(['RELEASED', 'IN_PROGRESS', 'PARTIALLY_CONFIRMED']);

function positionOf({ sku, location, unit, stock }: StockReport): LivePosition[] {
  const line = stock.find(({ status }) => status === 'UNRESTRICTED');
  const level = Number(line?.quantity.value ?? 0);
  if (!line || level < 10) return [];
  return [{ sku, location, unit, ...(line.lot === undefined ? {} : { lot: line.lot }), usual: level, level }];
}
