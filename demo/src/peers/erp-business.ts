import type {
  ErpConfirmation,
  ErpForecast,
  ErpItem,
  ErpMovement,
  ErpOperation,
  ErpOrder,
  ErpStock,
  ErpStore,
} from './erp-store.ts';

/** What an ERP does not do, in its own words. */
export class ErpRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ErpRefusal';
  }
}

/** What people and other systems do with an ERP; what makes no sense throws {@link ErpRefusal}. */
export class ErpBusiness {
  readonly #store: ErpStore;
  readonly #clock: () => Date;

  constructor(store: ErpStore, clock: () => Date) {
    this.#store = store;
    this.#clock = clock;
  }

  order(number: string): ErpOrder {
    const kept = this.#store.find('orders', number);
    if (!kept) throw new ErpRefusal('CO/017', `Order ${number} does not exist`);
    return kept.row;
  }

  putItem(item: ErpItem): void {
    this.#store.put('items', item.number, item);
  }

  putForecast(forecast: ErpForecast): void {
    this.#store.put('forecasts', `${forecast.item}/${forecast.plant}/${forecast.version}`, forecast);
  }

  setStock(stock: ErpStock): void {
    this.#store.put('stock', [stock.item, stock.plant, stock.lot ?? '', stock.type].join('/'), stock);
  }

  create(order: Omit<ErpOrder, 'statuses' | 'delivered'> & Partial<Pick<ErpOrder, 'statuses' | 'delivered'>>): void {
    if (this.#store.find('orders', order.number))
      throw new ErpRefusal('CO/400', `Order ${order.number} already exists`);
    this.#keep({ statuses: ['CRTD', 'SETC', 'PRC'], delivered: '0', ...order });
  }

  release(number: string): void {
    const order = this.#open(number);
    if (order.statuses.includes('REL')) throw new ErpRefusal('CO/155', `Order ${number} is already released`);
    const operations = order.operations.map((operation): ErpOperation => ({ ...operation, status: 'RELEASED' }));
    this.#keep({ ...order, statuses: swap(order.statuses, ['CRTD'], 'REL'), operations });
  }

  reschedule(number: string, to: Partial<Pick<ErpOrder, 'start' | 'end' | 'quantity'>>): void {
    const order = { ...this.#open(number), ...to };
    if (order.end < order.start)
      throw new ErpRefusal('CO/301', `Order ${number}: the finish date is before the start date`);
    if (!(Number(order.quantity) > 0)) throw new ErpRefusal('CO/302', `Order ${number}: enter a quantity`);
    this.#keep(order);
  }

  moveOperation(
    number: string,
    operation: string,
    to: Partial<Pick<ErpOperation, 'start' | 'end' | 'workCenter'>>,
  ): void {
    const order = this.#open(number);
    this.#operation(order, operation);
    const operations = order.operations.map((each) => (each.number === operation ? { ...each, ...to } : each));
    this.#keep({ ...order, operations });
  }

  /** Answers the confirmation's number. */
  confirm(given: Omit<ErpConfirmation, 'number' | 'reversed' | 'at'>): string {
    const order = this.#open(given.order);
    if (!order.statuses.includes('REL')) throw new ErpRefusal('RU/013', `Order ${given.order} is not released`);
    const operation = this.#operation(order, given.operation);
    const number = String(this.#store.all('confirmations').length + 1).padStart(10, '0');
    const at = this.#clock().toISOString();
    this.#store.put('confirmations', number, { ...given, number, reversed: false, at });
    this.#setYield(order, operation, Number(operation.yield) + Number(given.yield), given.final);
    return number;
  }

  reverse(number: string): void {
    const kept = this.#store.find('confirmations', number);
    if (!kept) throw new ErpRefusal('RU/105', `Confirmation ${number} does not exist`);
    if (kept.row.reversed) throw new ErpRefusal('RU/106', `Confirmation ${number} has already been reversed`);
    const order = this.#open(kept.row.order);
    const operation = this.#operation(order, kept.row.operation);
    this.#store.put('confirmations', number, { ...kept.row, reversed: true });
    this.#setYield(order, operation, Number(operation.yield) - Number(kept.row.yield), false);
  }

  technicallyComplete(number: string): void {
    const order = this.#open(number);
    this.#keep({ ...order, statuses: swap(order.statuses, ['REL', 'CRTD'], 'TECO') });
  }

  /** As a planner's shortage check. */
  setShortage(number: string, isShort: boolean): void {
    const order = this.order(number);
    const others = order.statuses.filter((status) => status !== 'MSPT');
    this.#keep({ ...order, statuses: isShort ? [...others, 'MSPT'] : others });
  }

  remove(number: string): void {
    this.order(number);
    this.#store.remove('orders', number);
  }

  /** Answers the material document's number. */
  moveStock(movement: Omit<ErpMovement, 'document' | 'line' | 'at'>): string {
    const document = String(4_900_000_000 + this.#store.all('movements').length + 1);
    const { item, plant, lot, unit } = movement;
    const sign = ['101', '262', '701'].includes(movement.type) ? 1 : -1;
    const key = [item, plant, lot ?? '', '01'].join('/');
    const before = Number(this.#store.find('stock', key)?.row.quantity ?? 0);
    const quantity = String(round(before + sign * Number(movement.quantity)));
    if (Number(quantity) < 0) throw new ErpRefusal('M7/021', `Deficit of ${item} in plant ${plant}`);
    const at = this.#clock().toISOString();
    this.#store.put('movements', document, { ...movement, document, line: '1', at });
    this.setStock({ item, plant, ...(lot !== undefined && { lot }), type: '01', quantity, unit });
    return document;
  }

  #open(number: string): ErpOrder {
    const order = this.order(number);
    const done = order.statuses.find((status) => ['TECO', 'CLSD', 'DLFL'].includes(status));
    if (done === undefined) return order;
    throw new ErpRefusal('BS/007', `Order ${number}: status ${done} does not allow it`);
  }

  #operation(order: ErpOrder, number: string): ErpOperation {
    const operation = order.operations.find((each) => each.number === number);
    if (operation) return operation;
    throw new ErpRefusal('CO/021', `Order ${order.number} has no operation ${number}`);
  }

  #setYield(order: ErpOrder, { number }: ErpOperation, amount: number, final: boolean): void {
    const isDone = final || amount >= Number(order.quantity);
    const status = isDone ? 'CONFIRMED' : amount > 0 ? 'PARTIALLY_CONFIRMED' : 'RELEASED';
    const operations = order.operations.map((each): ErpOperation =>
      each.number === number ? { ...each, yield: String(round(amount)), status } : each,
    );
    const all = operations.every((each) => each.status === 'CONFIRMED');
    const some = operations.some((each) => each.status !== 'RELEASED');
    const statuses = order.statuses.filter((each) => each !== 'CNF' && each !== 'PCNF');
    const confirmed = all ? ['CNF'] : some ? ['PCNF'] : [];
    this.#keep({ ...order, operations, statuses: [...statuses, ...confirmed] });
  }

  #keep(order: ErpOrder): void {
    this.#store.put('orders', order.number, order);
  }
}

function swap(statuses: readonly string[], away: readonly string[], status: string): string[] {
  return [status, ...statuses.filter((each) => each !== status && !away.includes(each))];
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
