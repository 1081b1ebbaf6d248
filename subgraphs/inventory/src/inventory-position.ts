import { olderThanKnown, type Aggregate, type Decision, type DecisionContext } from '@takt/intake';
import { add, compare, isNegative, isZero, negate, quantity, subtract, sum, type Quantity } from '@takt/quantity';
import {
  AllocateStock,
  InventoryChange,
  STOCK_STATUSES,
  StockMovement,
  StockReport,
  type StockLine,
  type StockStatus,
} from './messages.ts';

export interface InventoryPosition {
  readonly sku: string;
  readonly location: string;
  readonly unit: string;
  readonly sequence?: number;
  readonly stock: readonly StockLine[];
  readonly allocated: Quantity;
  readonly safetyStock?: Quantity;
  readonly reorderPoint?: Quantity;
  readonly belowSafetyStock: boolean;
  /** The latest movements, newest first, at most {@link MOVEMENTS_KEPT}. */
  readonly movements: readonly StockMovement[];
}

/** A movement can be recognised as a duplicate, and reversed, while it is among so many latest ones of its position. */
const MOVEMENTS_KEPT = 50;

type Message =
  | { readonly type: 'StockReported'; readonly data: StockReport }
  | { readonly type: 'StockMoved'; readonly data: StockMovement }
  | { readonly type: 'AllocateStock'; readonly data: AllocateStock };
interface Event {
  readonly type: 'InventoryChanged';
  readonly data: InventoryChange;
}

export const inventoryPosition: Aggregate<InventoryPosition, Message, Event> = {
  noun: 'InventoryPosition',
  collection: {
    name: 'inventory-positions',
    indexes: [
      ['location', 'sku'],
      ['sku', 'location'],
      ['belowSafetyStock', 'location', 'sku'],
    ],
  },
  messages: { StockReported: StockReport, StockMoved: StockMovement, AllocateStock },
  events: { InventoryChanged: InventoryChange },
  identify: ({ data }) => inventoryPositionId(data.sku, data.location),
  decide,
  evolve,
};

/** Both parts are percent-encoded, so that no pair of codes gives the id of another. */
export function inventoryPositionId(sku: string, location: string): string {
  return `${encodeURIComponent(sku)}@${encodeURIComponent(location)}`;
}

/** What lies at the location and belongs to us: not what is on the road, with a subcontractor, or still the supplier's. */
const ON_HAND: ReadonlySet<StockStatus> = new Set([
  'UNRESTRICTED',
  'QUALITY_INSPECTION',
  'BLOCKED',
  'RESTRICTED',
  'RETURNS',
  'IN_TRANSFER',
]);
/** Quality-inspection stock counts for planning but cannot be issued; blocked stock counts for neither. */
const ISSUABLE: ReadonlySet<StockStatus> = new Set(['UNRESTRICTED', 'CONSIGNMENT', 'SUBCONTRACT']);
const PLANNABLE: ReadonlySet<StockStatus> = new Set(['UNRESTRICTED', 'QUALITY_INSPECTION', 'IN_TRANSFER']);

export type StockView = Pick<InventoryPosition, 'unit' | 'stock' | 'allocated'>;

export function stockOf({ unit, stock }: StockView, ...statuses: StockStatus[]): Quantity {
  return total(unit, stock, new Set(statuses));
}

export function onHand({ unit, stock }: StockView): Quantity {
  return total(unit, stock, ON_HAND);
}

/** What planning may count on: what is on hand or comes out of inspection, promised or not. */
export function plannable({ unit, stock }: StockView): Quantity {
  return total(unit, stock, PLANNABLE);
}

/** Unrestricted stock that is not promised; negative when more is promised than there is. */
export function available(view: StockView): Quantity {
  return subtract(stockOf(view, 'UNRESTRICTED'), view.allocated);
}

function decide(state: InventoryPosition | undefined, message: Message, context: DecisionContext): Decision<Event> {
  if (state && unitOf(message) !== state.unit) {
    return refused('UNIT_MISMATCH', `The position is kept in ${state.unit}, the message is in ${unitOf(message)}.`);
  }
  switch (message.type) {
    case 'StockReported':
      return report(state, message.data, context);
    case 'StockMoved':
      return move(state, message.data);
    case 'AllocateStock':
      return allocate(state, message.data);
  }
}

/** By the source's own sequence as long as nobody else has told since, else by time. */
function outOfSequence(
  state: InventoryPosition | undefined,
  { sequence }: StockReport,
  context: DecisionContext,
): Extract<Decision<Event>, { refused: unknown }> | undefined {
  const { known, origin } = context;
  const sameSource = known?.system === origin.system && known.instance === origin.instance;
  if (!sameSource || sequence === undefined || state?.sequence === undefined) return olderThanKnown(context);
  if (sequence >= state.sequence) return undefined;
  const reason = `The stock is known by report ${state.sequence} of its source; this is report ${sequence}.`;
  return { refused: { code: 'OLDER_THAN_KNOWN', reason } };
}

function report(state: InventoryPosition | undefined, data: StockReport, context: DecisionContext): Decision<Event> {
  const older = outOfSequence(state, data, context);
  if (older) return older;
  const units = [...data.stock.map((line) => line.quantity), data.allocated, data.safetyStock, data.reorderPoint];
  const odd = units.find((given) => given !== undefined && given.unit !== data.unit);
  if (odd) return refused('UNIT_MISMATCH', `The report is in ${data.unit}, one of its quantities is in ${odd.unit}.`);
  const negative = data.stock.find((line) => isNegative(line.quantity));
  if (negative) return refused('NEGATIVE_STOCK', `${negative.status} stock cannot be ${negative.quantity.value}.`);

  const names = data.stock.map((line) => lineKey(line));
  if (new Set(names).size < names.length) {
    return refused('CONTRADICTORY_REPORT', 'The report names one lot in one status twice.');
  }

  const lines = mergeLines([], data.stock);
  const next: StockView = {
    unit: data.unit,
    stock: lines,
    allocated: data.allocated ?? state?.allocated ?? zero(data.unit),
  };
  const limits = { safetyStock: data.safetyStock, reorderPoint: data.reorderPoint };
  const same =
    state &&
    sameLines(state.stock, lines) &&
    compare(state.allocated, next.allocated) === 0 &&
    sameQuantity(state.safetyStock, limits.safetyStock ?? state.safetyStock) &&
    sameQuantity(state.reorderPoint, limits.reorderPoint ?? state.reorderPoint);
  if (same) return { events: [] };
  return changed(state, data, next, {
    whole: true,
    lines,
    ...present(limits),
    ...present({ sequence: data.sequence }),
  });
}

function move(state: InventoryPosition | undefined, data: StockMovement): Decision<Event> {
  if (state?.movements.some((earlier) => earlier.document === data.document && earlier.line === data.line)) {
    return { events: [] };
  }
  const { unit } = data.quantity;
  if (isZero(data.quantity) || (isNegative(data.quantity) && data.type !== 'ADJUSTMENT')) {
    return refused('BAD_QUANTITY', `A ${data.type} cannot be of ${data.quantity.value} ${unit}.`);
  }
  const original = data.type === 'REVERSAL' ? findReversed(state, data) : undefined;
  if (original && 'refused' in original) return original;
  const steps = original
    ? stepsOf(original.movement).map((step) => ({ ...step, quantity: negate(step.quantity) }))
    : stepsOf(data);
  if (data.type === 'ISSUE' && !ISSUABLE.has(data.status)) {
    return refused('STOCK_NOT_ISSUABLE', `${data.status} stock cannot be issued; transfer it to UNRESTRICTED first.`);
  }

  let stock = state?.stock ?? [];
  for (const step of steps) {
    const found = stock.find((line) => line.lot === step.lot && line.status === step.status);
    const left = add(found?.quantity ?? zero(unit), step.quantity);
    if (isNegative(left)) {
      const where = `${step.status}${step.lot ? ` lot ${step.lot}` : ''}`;
      return refused(
        'INSUFFICIENT_STOCK',
        `There are ${found?.quantity.value ?? '0'} ${unit} of ${data.sku} at ${data.location} in ${where}, ${negate(step.quantity).value} are to be taken.`,
      );
    }
    stock = mergeLines(stock, [{ ...step, quantity: left }]);
  }
  const lines = steps.map((step) => ({
    ...step,
    quantity: stock.find((line) => line.lot === step.lot && line.status === step.status)?.quantity ?? zero(unit),
  }));
  const next: StockView = { unit, stock, allocated: state?.allocated ?? zero(unit) };
  return changed(state, data, next, { whole: false, lines, movement: data });
}

function allocate(state: InventoryPosition | undefined, data: AllocateStock): Decision<Event> {
  if (!state) return refused('NO_STOCK', `There is no stock of ${data.sku} at ${data.location} to promise.`);
  if (isNegative(data.allocated)) return refused('BAD_QUANTITY', 'An allocation cannot be negative.');
  if (compare(state.allocated, data.allocated) === 0) return { events: [] };
  return changed(state, data, { ...state, allocated: data.allocated }, { whole: false, lines: [] });
}

function changed(
  state: InventoryPosition | undefined,
  { sku, location }: { readonly sku: string; readonly location: string },
  next: StockView,
  rest: Pick<InventoryChange, 'whole' | 'lines'> & Partial<InventoryChange>,
): Decision<Event> {
  const before = state ?? { unit: next.unit, stock: [], allocated: zero(next.unit) };
  const data: InventoryChange = {
    sku,
    location,
    unit: next.unit,
    allocated: next.allocated,
    before: { onHand: onHand(before), available: available(before) },
    after: { onHand: onHand(next), available: available(next) },
    ...rest,
  };
  return { events: [{ type: 'InventoryChanged', data }] };
}

function evolve(state: InventoryPosition | undefined, { data }: Event): InventoryPosition {
  const stock = mergeLines(data.whole ? [] : (state?.stock ?? []), data.lines);
  const safetyStock = data.safetyStock ?? state?.safetyStock;
  const reorderPoint = data.reorderPoint ?? state?.reorderPoint;
  const sequence = data.sequence ?? state?.sequence;
  const movements = state?.movements ?? [];
  const position = { unit: data.unit, stock, allocated: data.allocated };
  return {
    sku: data.sku,
    location: data.location,
    ...position,
    ...present({ safetyStock, reorderPoint, sequence }),
    belowSafetyStock: safetyStock !== undefined && compare(plannable(position), safetyStock) < 0,
    movements: data.movement ? [data.movement, ...movements].slice(0, MOVEMENTS_KEPT) : movements,
  };
}

type Step = StockLine;

/** What a movement adds to (or, negative, takes from) which stock. */
function stepsOf(data: StockMovement): Step[] {
  const from = { ...present({ lot: data.lot }), status: data.status };
  switch (data.type) {
    case 'RECEIPT':
    case 'ADJUSTMENT':
      return [{ ...from, quantity: data.quantity }];
    case 'ISSUE':
    case 'SCRAP':
      return [{ ...from, quantity: negate(data.quantity) }];
    case 'TRANSFER': {
      const to = { ...present({ lot: data.toLot ?? data.lot }), status: data.toStatus ?? data.status };
      return [
        { ...from, quantity: negate(data.quantity) },
        { ...to, quantity: data.quantity },
      ];
    }
    case 'REVERSAL':
      return [];
  }
}

function findReversed(
  state: InventoryPosition | undefined,
  data: StockMovement,
): { movement: StockMovement } | Extract<Decision<Event>, { refused: unknown }> {
  const { reverses } = data;
  if (!reverses) return refused('NOTHING_TO_REVERSE', 'A REVERSAL names the document and line that it takes back.');
  const names = (movement: StockMovement) => movement.document === reverses.document && movement.line === reverses.line;
  const movement = state?.movements.find(names);
  if (!movement || movement.type === 'REVERSAL') {
    return refused(
      'NOTHING_TO_REVERSE',
      `Movement ${reverses.document}/${reverses.line} is not among the latest ${MOVEMENTS_KEPT} of this position.`,
    );
  }
  if (
    state?.movements.some(({ reverses: done }) => done?.document === reverses.document && done.line === reverses.line)
  ) {
    return refused('ALREADY_REVERSED', `Movement ${reverses.document}/${reverses.line} has been reversed before.`);
  }
  if (compare(movement.quantity, data.quantity) !== 0) {
    return refused(
      'BAD_QUANTITY',
      `Movement ${reverses.document}/${reverses.line} was of ${movement.quantity.value}, not ${data.quantity.value}.`,
    );
  }
  return { movement };
}

/** Lines by lot and status, sorted, the later one winning; empty ones are left out. */
function mergeLines(lines: readonly StockLine[], later: readonly StockLine[]): StockLine[] {
  const merged = new Map(lines.map((line) => [lineKey(line), line]));
  for (const line of later) merged.set(lineKey(line), line);
  return [...merged.entries()]
    .filter(([, line]) => !isZero(line.quantity))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, line]) => line);
}

function lineKey({ lot, status }: StockLine): string {
  return JSON.stringify([STOCK_STATUSES.indexOf(status), lot ?? '']);
}

function sameLines(a: readonly StockLine[], b: readonly StockLine[]): boolean {
  return (
    a.length === b.length &&
    a.every(
      (line, i) => line.lot === b[i]?.lot && line.status === b[i]?.status && sameQuantity(line.quantity, b[i].quantity),
    )
  );
}

function sameQuantity(a: Quantity | undefined, b: Quantity | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.unit === b.unit && compare(a, b) === 0;
}

function total(unit: string, stock: readonly StockLine[], statuses: ReadonlySet<StockStatus>): Quantity {
  return sum(
    stock.filter((line) => statuses.has(line.status)).map((line) => line.quantity),
    unit,
  );
}

function unitOf(message: Message): string {
  switch (message.type) {
    case 'StockReported':
      return message.data.unit;
    case 'StockMoved':
      return message.data.quantity.unit;
    case 'AllocateStock':
      return message.data.allocated.unit;
  }
}

function zero(unit: string): Quantity {
  return quantity('0', unit);
}

function refused(code: string, reason: string) {
  return { refused: { code, reason } };
}

function present<T extends object>(fields: T): { [name in keyof T]?: Exclude<T[name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
