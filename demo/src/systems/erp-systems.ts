import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CommandData, ProductionOrderReport } from '../contracts.ts';
import { itemNumberAt } from '../item-numbers.ts';
import { startErp, type Erp } from '../peers/erp.ts';
import { ErpRefusal } from '../peers/erp-business.ts';
import type { ErpOrder } from '../peers/erp-store.ts';
import { Refused, type PlantSystem } from './plant-system.ts';

type NewOrder = CommandData<'CreateProductionOrder'> & Pick<Partial<ProductionOrderReport>, 'state'>;

/**
 * The two ERPs of the demo plant, with their production orders: Hamburg's speaks OData v2 as SAP does, Chicago's v4 as
 * Business Central does, and has item numbers of its own.
 */
export async function startErps(
  folder: string,
  orders: Iterable<ProductionOrderReport>,
  clock: () => Date,
): Promise<PlantSystem> {
  const env: Record<string, string> = {};
  const erps = new Map<string, Erp>();
  for (const plant of ['P100', 'P200']) {
    const credentials = { user: 'takt', password: randomBytes(18).toString('base64url') };
    env[`DEMO_ERP_${plant}_USER`] = credentials.user;
    env[`DEMO_ERP_${plant}_PASSWORD`] = credentials.password;
    const dialect = plant === 'P100' ? 'sap' : 'business-central';
    const file = join(folder, `erp-${plant.toLowerCase()}.jsonl`);
    erps.set(plant, await startErp({ system: `erp/${plant}`, dialect, credentials, file, clock, rate: RATE }));
  }
  const fresh = new Set([...erps].filter(([, erp]) => erp.store.version === 0).map(([plant]) => plant));
  for (const order of orders) {
    if (fresh.has(order.location)) erpOf(order.id).business.create(orderIn(order));
  }

  function erpOf(id: string): Erp {
    const erp = erps.get(plantOf(id));
    if (!erp) throw new Refused(`No ERP has an order ${id}.`);
    return erp;
  }

  const timers = new Set<NodeJS.Timeout>();
  return {
    peers: [...erps.values()],
    instances: new Map([...erps].map(([plant, erp]) => [`erp-${plant.toLowerCase()}.yml`, instanceOf(plant, erp)])),
    env,
    handlers: {
      ReleaseProductionOrder: ({ data }) => {
        const { id } = data as CommandData<'ReleaseProductionOrder'>;
        doing(() => erpOf(id).business.release(numberOf(id)));
      },
      CreateProductionOrder: ({ data }) => {
        const order = data as NewOrder;
        doing(() => erpOf(order.id).business.create(orderIn(order)));
      },
      // The last confirmations are still on their way to it.
      CloseProductionOrder: ({ data }) => {
        const { id } = data as CommandData<'CloseProductionOrder'>;
        const timer = setTimeout(() => {
          timers.delete(timer);
          try {
            erpOf(id).business.technicallyComplete(numberOf(id));
          } catch {
            // Somebody else has.
          }
        }, SETTLEMENT_MS);
        timers.add(timer);
      },
      // The MES confirms; what the ERP knows of the order says whether it can.
      ConfirmCompletion: ({ data }) => {
        const { id, operation } = data as CommandData<'ConfirmCompletion'>;
        doing(() => {
          const order = erpOf(id).business.order(numberOf(id));
          const found = order.operations.find(({ number }) => Number(number) === operation);
          if (!order.statuses.includes('REL') || !found || found.status === 'CONFIRMED') {
            throw new Refused(`Order ${id} cannot be confirmed at ${operation}.`);
          }
        });
      },
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all([...erps.values()].map((erp) => erp.close()));
    },
  };
}

const RATE = { perSecond: 20, burst: 20 };
const SETTLEMENT_MS = 60_000;

function doing(business: () => void): void {
  try {
    business();
  } catch (error) {
    throw error instanceof ErpRefusal ? new Refused(error.message) : error;
  }
}

/** Ids of orders are the plant and the number that its ERP gave. */
export function plantOf(id: string): string {
  return id.slice(0, id.indexOf('-'));
}

export function numberOf(id: string): string {
  return id.slice(id.indexOf('-') + 1);
}

function orderIn(order: NewOrder | ProductionOrderReport): ErpOrder {
  const { id, location, sku, quantity, state = 'FIRMED', operations, components } = order;
  const erpUnit = (unit: string) => (unit === 'PC' ? (location === 'P100' ? 'ST' : 'PCS') : unit);
  return {
    number: numberOf(id),
    item: itemNumberAt(location, sku),
    plant: location,
    quantity: quantity.value,
    unit: erpUnit(quantity.unit),
    start: order.scheduledStart,
    end: order.scheduledEnd,
    statuses: STATUSES[state] ?? ['CRTD'],
    delivered: ('delivered' in order && order.delivered?.value) || '0',
    operations: operations.map((operation) => ({
      number: String(operation.sequence).padStart(4, '0'),
      name: operation.name ?? '',
      workCenter: operation.workCenter ?? '',
      start: operation.scheduledStart ?? order.scheduledStart,
      end: operation.scheduledEnd ?? order.scheduledEnd,
      yield: '0',
      status: operation.state === 'CONFIRMED' ? 'CONFIRMED' : state === 'FIRMED' ? 'PLANNED' : 'RELEASED',
    })),
    components: components.map((component) => ({
      item: itemNumberAt(location, component.sku),
      quantity: component.required.value,
      unit: erpUnit(component.required.unit),
      withdrawn: component.withdrawn?.value ?? '0',
      operation: String(component.operation ?? operations[0]?.sequence ?? 10).padStart(4, '0'),
    })),
  };
}

/** Of orders that an ERP has as production orders, and not as suggestions of planning. */
const STATUSES: Readonly<Partial<Record<ProductionOrderReport['state'], readonly string[]>>> = {
  FIRMED: ['CRTD', 'PRC'],
  RELEASED: ['REL', 'PRC', 'SETC'],
  IN_PROGRESS: ['REL', 'PCNF', 'PRC', 'GMPS', 'SETC'],
  PARTIALLY_CONFIRMED: ['REL', 'PCNF', 'PRC', 'GMPS', 'SETC'],
  CONFIRMED: ['REL', 'CNF', 'PRC', 'GMPS', 'SETC'],
  DELIVERED: ['REL', 'CNF', 'DLV', 'PRC', 'GMPS', 'SETC'],
};

export function isInErp({ state }: ProductionOrderReport): boolean {
  return STATUSES[state] !== undefined;
}

function instanceOf(plant: string, erp: Erp): string {
  const common = [
    'type: erp-odata',
    `instance: erp/${plant}`,
    `endpoint: ${erp.url}`,
    `credentials: { basic: { user: DEMO_ERP_${plant}_USER, password: DEMO_ERP_${plant}_PASSWORD } }`,
    'rate: { requestsPerSecond: 10, burst: 5 }',
    'schedule: { every: 2s }',
    `scope: { locations: [${plant}] }`,
  ];
  const own =
    plant === 'P100'
      ? [
          'version: v2',
          'mapping: sap-s4',
          'timeZone: Etc/UTC',
          'entitySets:',
          '  - name: A_ProductionOrder_2',
          '    path: API_PRODUCTION_ORDER_2_SRV/A_ProductionOrder_2',
          '    key: [ManufacturingOrder]',
          '    expand: [to_ProductionOrderComponent, to_ProductionOrderItem, to_ProductionOrderOperation, to_ProductionOrderStatus]',
          '    changedOn: { field: LastChangeDateTime, type: digits, overlap: 5s }',
        ]
      : [
          'version: v4',
          'mapping: business-central',
          'entitySets:',
          '  - name: productionOrders',
          '    path: productionOrders',
          '    key: [number]',
          '    expand: [routingLines, components]',
          '    changedOn: { field: lastModifiedDateTime, type: instant, overlap: 5s }',
        ];
  return [...common, ...own, ''].join('\n');
}
