import { textIn, type ErpDialect, type ErpEntitySet, type ErpParts, type ErpRow } from './erp-dialect.ts';
import type { Wire } from './erp-filter.ts';
import type { ErpOrder, Kept } from './erp-store.ts';

/**
 * OData v4 in the manner of Dynamics 365 Business Central
 * (https://learn.microsoft.com/en-us/dynamics365/business-central/dev-itpro/api-reference/v2.0/): its `items`, and pages of
 * the same style for production orders, stock and forecasts, as a partner adds them.
 */
export function businessCentralDialect(parts: ErpParts): ErpDialect {
  const { business } = parts;
  return {
    version: 'v4',
    base: '/api/v2.0',
    sets: {
      items: items(parts),
      productionOrders: productionOrders(parts),
      outputEntries: outputEntries(parts),
      inventoryByLocation: inventory(parts),
      demandForecasts: forecasts(parts),
    },
    actions: {
      'productionOrders/Microsoft.NAV.release': (given) => {
        business.release(textIn(given, 'number') ?? '');
        return undefined;
      },
      'outputEntries/Microsoft.NAV.reverse': (given) => {
        business.reverse(textIn(given, 'entryNumber') ?? '');
        return undefined;
      },
    },
  };
}

function items({ store }: ErpParts): ErpEntitySet {
  return {
    key: ['number'],
    rows: () =>
      store.all('items').map(({ row: item, changedAt, version }) =>
        row(
          {
            number: item.number,
            displayName: item.description,
            type: 'Inventory',
            itemCategoryCode: { FINISHED: 'FINISHED', SEMI_FINISHED: 'WIP', RAW: 'RAW MAT' }[item.type],
            blocked: false,
            baseUnitOfMeasureCode: item.unit,
            lastModifiedDateTime: new Date(changedAt).toISOString(),
          },
          version,
        ),
      ),
  };
}

function productionOrders({ store, business }: ErpParts): ErpEntitySet {
  return {
    key: ['number'],
    rows: () => store.all('orders').map((kept) => row(orderWire(kept), kept.version)),
    removedSince: (version) => store.removedSince('orders', version).map((number) => ({ number })),
    patch(key, body) {
      const order = business.order(textIn(key, 'number') ?? '');
      business.reschedule(order.number, {
        start: instantIn(body, 'startingDateTime') ?? order.start,
        end: instantIn(body, 'endingDateTime') ?? order.end,
        quantity: textIn(body, 'quantity') ?? order.quantity,
      });
    },
  };
}

function outputEntries({ store, business }: ErpParts): ErpEntitySet {
  const wireOf = (number: string): Wire => {
    const entry = store.find('confirmations', number)?.row;
    return {
      entryNumber: number,
      orderNumber: entry?.order,
      operationNumber: entry?.operation,
      outputQuantity: Number(entry?.yield),
      scrapQuantity: Number(entry?.scrap),
      finished: entry?.final,
      externalDocumentNumber: entry?.text,
      reversed: entry?.reversed,
    };
  };
  return {
    key: ['entryNumber'],
    rows: () => store.all('confirmations').map(({ row: entry, version }) => row(wireOf(entry.number), version)),
    create(body) {
      const number = business.confirm({
        order: textIn(body, 'orderNumber') ?? '',
        operation: textIn(body, 'operationNumber') ?? '',
        yield: textIn(body, 'outputQuantity') ?? '0',
        scrap: textIn(body, 'scrapQuantity') ?? '0',
        rework: '0',
        final: body.finished === true,
        text: textIn(body, 'externalDocumentNumber') ?? '',
      });
      return wireOf(number);
    },
  };
}

function inventory({ store }: ErpParts): ErpEntitySet {
  return {
    key: ['itemNumber', 'locationCode'],
    rows() {
      const stock = store.all('stock');
      const places = new Set(stock.map(({ row: line }) => JSON.stringify([line.item, line.plant])));
      return [...places].map((place) => {
        const lines = stock.filter(({ row: line }) => JSON.stringify([line.item, line.plant]) === place);
        const [first] = lines;
        const lots = lines.map(({ row: line }) => ({
          lotNumber: line.lot ?? '',
          bin: { '01': 'STOCK', '02': 'INSPECT', '07': 'BLOCKED' }[line.type],
          quantity: Number(line.quantity),
        }));
        return row(
          {
            itemNumber: first?.row.item,
            locationCode: first?.row.plant,
            unitOfMeasureCode: first?.row.unit,
            lastModifiedDateTime: new Date(Math.max(...lines.map(({ changedAt }) => changedAt))).toISOString(),
            lots,
          },
          Math.max(...lines.map(({ version }) => version)),
        );
      });
    },
  };
}

function forecasts({ store }: ErpParts): ErpEntitySet {
  return {
    key: ['itemNumber', 'locationCode', 'forecastName'],
    rows: () =>
      store.all('forecasts').map(({ row: forecast, changedAt, version }) =>
        row(
          {
            itemNumber: forecast.item,
            locationCode: forecast.plant,
            forecastName: forecast.version,
            unitOfMeasureCode: forecast.unit,
            periodType: { D: 'Day', W: 'Week', M: 'Month' }[forecast.periodType],
            lastModifiedDateTime: new Date(changedAt).toISOString(),
            entries: forecast.periods.map(({ start, quantity }) => ({
              forecastDate: start,
              quantity: Number(quantity),
            })),
          },
          version,
        ),
      ),
  };
}

function orderWire({ row: order, changedAt }: Kept<ErpOrder>): Wire {
  return {
    number: order.number,
    status: statusOf(order.statuses),
    sourceNumber: order.item,
    locationCode: order.plant,
    quantity: Number(order.quantity),
    finishedQuantity: Number(order.delivered),
    unitOfMeasureCode: order.unit,
    startingDateTime: order.start,
    endingDateTime: order.end,
    lastModifiedDateTime: new Date(changedAt).toISOString(),
    routingLines: order.operations.map((operation) => ({
      operationNumber: operation.number,
      description: operation.name,
      workCenterNumber: operation.workCenter,
      startingDateTime: operation.start,
      endingDateTime: operation.end,
      routingStatus: ROUTING_STATUSES[operation.status],
    })),
    components: order.components.map((component, index) => ({
      lineNumber: (index + 1) * 10_000,
      itemNumber: component.item,
      expectedQuantity: Number(component.quantity),
      actConsumptionQuantity: Number(component.withdrawn),
      unitOfMeasureCode: component.unit,
      operationNumber: component.operation,
    })),
  };
}

function statusOf(statuses: readonly string[]): string {
  if (statuses.includes('TECO') || statuses.includes('CLSD')) return 'Finished';
  return statuses.includes('REL') ? 'Released' : 'Firm Planned';
}

const ROUTING_STATUSES = {
  PLANNED: 'Planned',
  RELEASED: 'Planned',
  PARTIALLY_CONFIRMED: 'In Progress',
  CONFIRMED: 'Finished',
};

function row(wire: Wire, version: number): ErpRow {
  const navigations = ['routingLines', 'components', 'lots', 'entries'].filter((name) => name in wire);
  return { wire, navigations, version };
}

function instantIn(body: Wire, field: string): string | undefined {
  const text = textIn(body, field);
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new RangeError(`Property ${field} has an invalid value`);
  return new Date(ms).toISOString();
}
