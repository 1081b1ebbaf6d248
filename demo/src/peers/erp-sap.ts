import { createHash } from 'node:crypto';
import { ErpRefusal } from './erp-business.ts';
import { textIn, type ErpDialect, type ErpEntitySet, type ErpParts, type ErpRow } from './erp-dialect.ts';
import type { Wire } from './erp-filter.ts';
import type { ErpConfirmation, ErpOrder, Kept } from './erp-store.ts';

/**
 * OData v2 with names of SAP S/4HANA's APIs as https://api.sap.com/package/SAPS4HANACloud/odata publishes them: dates at
 * midnight with times beside them (here in UTC), 'X' and '', decimals as text, changes by 14 digits.
 */
export function sapDialect(parts: ErpParts): ErpDialect {
  const { business } = parts;
  return {
    version: 'v2',
    base: '/sap/opu/odata/sap',
    sets: {
      'API_PRODUCTION_ORDER_2_SRV/A_ProductionOrder_2': orders(parts),
      'API_PRODUCTION_ORDER_2_SRV/A_ProductionOrderOperation_2': operations(parts),
      'API_PROD_ORDER_CONFIRMATION_2_SRV/ProdnOrdConf2': confirmations(parts),
      'API_PRODUCT_SRV/A_Product': products(parts),
      'API_MATERIAL_STOCK_SRV/A_MaterialStock': stock(parts),
      'API_MATERIAL_DOCUMENT_SRV/A_MaterialDocumentHeader': materialDocuments(parts),
      'API_PLND_INDEP_RQMT_SRV/PlannedIndepRqmt': requirements(parts),
    },
    actions: {
      'API_PRODUCTION_ORDER_2_SRV/ReleaseOrder': (given) => {
        business.release(textIn(given, 'ManufacturingOrder') ?? '');
        return undefined;
      },
      'API_PROD_ORDER_CONFIRMATION_2_SRV/CancelProdnOrdConf': (given) => {
        business.reverse(textIn(given, 'ConfirmationGroup') ?? '');
        return undefined;
      },
    },
  };
}

function orders({ store, business }: ErpParts): ErpEntitySet {
  return {
    key: ['ManufacturingOrder'],
    rows: () => store.all('orders').map((kept) => row(orderWire(kept), kept.version)),
    patch(key, body) {
      const number = textIn(key, 'ManufacturingOrder') ?? '';
      const order = business.order(number);
      const start = moved(order.start, body, 'MfgOrderPlannedStartDate', 'MfgOrderPlannedStartTime');
      const end = moved(order.end, body, 'MfgOrderPlannedEndDate', 'MfgOrderPlannedEndTime');
      business.reschedule(number, { start, end, quantity: textIn(body, 'TotalQuantity') ?? order.quantity });
    },
  };
}

function operations({ store, business }: ErpParts): ErpEntitySet {
  return {
    key: ['OrderInternalBillOfOperations', 'OrderIntBillOfOperationsItem'],
    rows: () =>
      store.all('orders').flatMap((kept) =>
        operationWires(kept).map((wire) => {
          const etag = createHash('sha256').update(JSON.stringify(wire)).digest('base64url').slice(0, 16);
          return { ...row(wire, kept.version), etag };
        }),
      ),
    patch(key, body) {
      const [number, item] = [
        textIn(key, 'OrderInternalBillOfOperations'),
        textIn(key, 'OrderIntBillOfOperationsItem'),
      ];
      const order = business.order(number ?? '');
      const operation = order.operations[Number(item) - 1];
      if (!operation) throw new ErpRefusal('CO/021', `Order ${order.number} has no operation ${item ?? ''}`);
      business.moveOperation(order.number, operation.number, {
        start: moved(operation.start, body, 'OpErlstSchedldExecStrtDte', 'OpErlstSchedldExecStrtTme'),
        end: moved(operation.end, body, 'OpErlstSchedldExecEndDte', 'OpErlstSchedldExecEndTme'),
        workCenter: textIn(body, 'WorkCenter') ?? operation.workCenter,
      });
    },
  };
}

function confirmations({ store, business }: ErpParts): ErpEntitySet {
  return {
    key: ['ConfirmationGroup', 'ConfirmationCount'],
    rows: () =>
      store.all('confirmations').map(({ row: confirmation, version }) => row(confirmationWire(confirmation), version)),
    create(body) {
      const number = business.confirm({
        order: textIn(body, 'OrderID') ?? '',
        operation: textIn(body, 'OrderOperation') ?? '',
        yield: textIn(body, 'ConfirmationYieldQuantity') ?? '0',
        scrap: textIn(body, 'ConfirmationScrapQuantity') ?? '0',
        rework: textIn(body, 'ConfirmationReworkQuantity') ?? '0',
        final: body.FinalConfirmationType === 'X',
        text: textIn(body, 'ConfirmationText') ?? '',
      });
      const kept = store.find('confirmations', number);
      return kept ? confirmationWire(kept.row) : {};
    },
  };
}

function products({ store }: ErpParts): ErpEntitySet {
  return {
    key: ['Product'],
    rows: () =>
      store.all('items').map(({ row: item, changedAt, version }) =>
        row(
          {
            Product: item.number,
            ProductType: { FINISHED: 'FERT', SEMI_FINISHED: 'HALB', RAW: 'ROH' }[item.type],
            ProductGroup: item.group ?? '',
            BaseUnit: item.unit,
            GrossWeight: item.weight ?? '0.000',
            IsMarkedForDeletion: false,
            LastChangeDateTime: `/Date(${changedAt}+0000)/`,
            to_Description: {
              results: [{ Product: item.number, Language: 'EN', ProductDescription: item.description }],
            },
            to_Plant: {
              results: item.plants.map(({ plant, planner = '', safetyStock = '0' }) => ({
                Product: item.number,
                Plant: plant,
                MRPResponsible: planner,
                to_ProductSupplyPlanning: { Product: item.number, Plant: plant, SafetyStockQuantity: safetyStock },
              })),
            },
          },
          version,
        ),
      ),
  };
}

function stock({ store }: ErpParts): ErpEntitySet {
  return {
    key: ['Material'],
    rows() {
      const rows = store.all('stock');
      return [...new Set(rows.map((kept) => kept.row.item))].map((item) => {
        const lines = rows.filter((kept) => kept.row.item === item);
        const results = lines.map(({ row: line }) => ({
          Material: item,
          Plant: line.plant,
          StorageLocation: '0001',
          Batch: line.lot ?? '',
          Supplier: '',
          Customer: '',
          InventorySpecialStockType: '',
          InventoryStockType: line.type,
          MaterialBaseUnit: line.unit,
          MatlWrhsStkQtyInMatlBaseUnit: line.quantity,
        }));
        const wire = { Material: item, MaterialBaseUnit: lines[0]?.row.unit, to_MatlStkInAcctMod: { results } };
        return row(wire, Math.max(...lines.map(({ version }) => version)));
      });
    },
  };
}

function materialDocuments({ store }: ErpParts): ErpEntitySet {
  return {
    key: ['MaterialDocumentYear', 'MaterialDocument'],
    rows: () =>
      store.all('movements').map(({ row: movement, version }) => {
        const year = movement.at.slice(0, 4);
        const item = {
          MaterialDocumentYear: year,
          MaterialDocument: movement.document,
          MaterialDocumentItem: movement.line,
          Material: movement.item,
          Plant: movement.plant,
          Batch: movement.lot ?? '',
          GoodsMovementType: movement.type,
          InventoryStockType: '01',
          QuantityInBaseUnit: movement.quantity,
          MaterialBaseUnit: movement.unit,
          ManufacturingOrder: movement.order ?? '',
          ReversedMaterialDocument: '',
          ReversedMaterialDocumentYear: '0000',
          ReversedMaterialDocumentItem: '0',
        };
        const header = {
          MaterialDocumentYear: year,
          MaterialDocument: movement.document,
          CreationDate: date(movement.at),
          CreationTime: time(movement.at),
          to_MaterialDocumentItem: { results: [item] },
        };
        return row(header, version);
      }),
  };
}

function requirements({ store }: ErpParts): ErpEntitySet {
  return {
    key: ['Product', 'Plant', 'PlndIndepRqmtVersion'],
    rows: () =>
      store.all('forecasts').map(({ row: forecast, changedAt, version }) => {
        const { item, plant, periods, periodType } = forecast;
        const results = periods.map(({ start, quantity }) => ({
          Product: item,
          Plant: plant,
          PeriodType: periodType,
          PlndIndepRqmtPeriod: start.slice(0, 7).replace('-', ''),
          PlndIndepRqmtPeriodStartDate: `/Date(${Date.parse(start)})/`,
          PlannedQuantity: quantity,
          WithdrawalQuantity: '0',
          UnitOfMeasure: forecast.unit,
          LastChangeDate: date(new Date(changedAt).toISOString()),
        }));
        const key = { Product: item, Plant: plant, PlndIndepRqmtVersion: forecast.version };
        return row({ ...key, PlndIndepRqmtType: 'VSF', to_PlndIndepRqmtItem: { results } }, version);
      }),
  };
}

function orderWire(kept: Kept<ErpOrder>): Wire {
  const { row: order, changedAt } = kept;
  const has = (status: string) => (order.statuses.includes(status) ? 'X' : '');
  return {
    ManufacturingOrder: order.number,
    ManufacturingOrderType: 'YBM1',
    OrderIsCreated: has('CRTD'),
    OrderIsReleased: has('REL'),
    OrderIsConfirmed: has('CNF'),
    OrderIsPartiallyConfirmed: has('PCNF'),
    OrderIsTechnicallyCompleted: has('TECO'),
    OrderIsClosed: has('CLSD'),
    LastChangeDateTime: new Date(changedAt).toISOString().slice(0, 19).replace(/\D/g, ''),
    Material: order.item,
    ProductionPlant: order.plant,
    MfgOrderPlannedStartDate: date(order.start),
    MfgOrderPlannedStartTime: time(order.start),
    MfgOrderPlannedEndDate: date(order.end),
    MfgOrderPlannedEndTime: time(order.end),
    MfgOrderScheduledStartDate: date(order.start),
    MfgOrderScheduledStartTime: time(order.start),
    MfgOrderScheduledEndDate: date(order.end),
    MfgOrderScheduledEndTime: time(order.end),
    ProductionUnit: order.unit,
    TotalQuantity: order.quantity,
    to_ProductionOrderComponent: {
      results: order.components.map((component, index) => ({
        ManufacturingOrder: order.number,
        ManufacturingOrderOperation: component.operation,
        BillOfMaterialItemNumber: String((index + 1) * 10).padStart(4, '0'),
        Reservation: order.number,
        ReservationItem: String(index + 1),
        Material: component.item,
        Plant: order.plant,
        BaseUnit: component.unit,
        RequiredQuantity: component.quantity,
        WithdrawnQuantity: component.withdrawn,
      })),
    },
    to_ProductionOrderItem: {
      results: [
        { ManufacturingOrder: order.number, ManufacturingOrderItem: '1', MfgOrderItemGoodsReceiptQty: order.delivered },
      ],
    },
    to_ProductionOrderOperation: { results: operationWires(kept) },
    to_ProductionOrderStatus: {
      results: order.statuses.map((status) => ({
        ManufacturingOrder: order.number,
        StatusCode: STATUS_CODES[status] ?? 'I0999',
        IsUserStatus: false,
        StatusShortName: status,
        StatusName: status,
      })),
    },
  };
}

function operationWires({ row: order }: Kept<ErpOrder>): Wire[] {
  return order.operations.map((operation, index) => ({
    OrderInternalBillOfOperations: order.number,
    OrderIntBillOfOperationsItem: String(index + 1),
    ManufacturingOrder: order.number,
    ManufacturingOrderSequence: '0',
    ManufacturingOrderOperation: operation.number,
    MfgOrderOperationText: operation.name,
    OperationIsReleased: operation.status === 'PLANNED' ? '' : 'X',
    OperationIsPartiallyConfirmed: operation.status === 'PARTIALLY_CONFIRMED' ? 'X' : '',
    OperationIsConfirmed: operation.status === 'CONFIRMED' ? 'X' : '',
    OperationIsDeleted: '',
    WorkCenter: operation.workCenter,
    OpErlstSchedldExecStrtDte: date(operation.start),
    OpErlstSchedldExecStrtTme: time(operation.start),
    OpErlstSchedldExecEndDte: date(operation.end),
    OpErlstSchedldExecEndTme: time(operation.end),
    OpActualExecutionStartDate: null,
    OpActualExecutionStartTime: 'PT00H00M00S',
    OpTotalConfirmedYieldQty: operation.yield,
  }));
}

function confirmationWire(confirmation: ErpConfirmation): Wire {
  return {
    ConfirmationGroup: confirmation.number,
    ConfirmationCount: '1',
    OrderID: confirmation.order,
    OrderOperation: confirmation.operation,
    ConfirmationYieldQuantity: confirmation.yield,
    ConfirmationScrapQuantity: confirmation.scrap,
    ConfirmationReworkQuantity: confirmation.rework,
    FinalConfirmationType: confirmation.final ? 'X' : '',
    ConfirmationText: confirmation.text,
    IsReversed: confirmation.reversed,
    IsReversal: false,
  };
}

function row(wire: Wire, version: number): ErpRow {
  return { wire, navigations: Object.keys(wire).filter((name) => name.startsWith('to_')), version };
}

function date(instant: string): string {
  return `/Date(${Date.parse(instant.slice(0, 10))})/`;
}

function time(instant: string): string {
  return `PT${instant.slice(11, 13)}H${instant.slice(14, 16)}M${instant.slice(17, 19)}S`;
}

/** An instant of which the date, the time or both are given anew. */
function moved(instant: string, body: Wire, dateField: string, timeField: string): string {
  const [given, clock] = [textIn(body, dateField), textIn(body, timeField)];
  const [, ms] = /^\/Date\((-?\d{1,15})\)\/$/.exec(given ?? '') ?? [];
  const [, hours, minutes, seconds] = /^PT(\d\d)H(\d\d)M(\d\d)S$/.exec(clock ?? '') ?? [];
  if (given !== undefined && ms === undefined) throw new RangeError(`Property ${dateField} has an invalid value`);
  if (clock !== undefined && hours === undefined) throw new RangeError(`Property ${timeField} has an invalid value`);
  const day = ms === undefined ? instant.slice(0, 10) : new Date(Number(ms)).toISOString().slice(0, 10);
  const timeOfDay = hours === undefined ? instant.slice(11, 19) : `${hours}:${minutes ?? ''}:${seconds ?? ''}`;
  return `${day}T${timeOfDay}.000Z`;
}

const STATUS_CODES: Readonly<Record<string, string>> = {
  CRTD: 'I0001',
  REL: 'I0002',
  MSPT: 'I0004',
  CNF: 'I0009',
  PCNF: 'I0010',
  DLV: 'I0012',
  PRC: 'I0016',
  SETC: 'I0028',
  TECO: 'I0045',
  CLSD: 'I0046',
  DLFL: 'I0076',
  PDLV: 'I0074',
};
