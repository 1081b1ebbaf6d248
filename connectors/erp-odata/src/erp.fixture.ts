import type { Configured, NewDocument, RawDocument, Receiver } from '@takt/backing-system';
import { receiverContext, type RecordingContext } from '@takt/backing-system/testing';
import type { Erp, ErpOptions } from '@takt/demo/peers/erp';
import { startErp } from '@takt/demo/peers/erp';
import type { Mapping, SourceRecord } from '@takt/mapping';
import { erpOData } from './erp-odata.ts';
import type { EntitySet } from './settings.ts';

export const CREDENTIALS = { user: 'TAKT', password: 's3cret' };
const ENV: Readonly<Record<string, string>> = { ERP_USER: CREDENTIALS.user, ERP_PASSWORD: CREDENTIALS.password };
export const SYSTEM = 'erp/P100';

export const ORDERS: EntitySet = {
  name: 'A_ProductionOrder_2',
  path: 'API_PRODUCTION_ORDER_2_SRV/A_ProductionOrder_2',
  key: ['ManufacturingOrder'],
  expand: ['to_ProductionOrderOperation', 'to_ProductionOrderStatus'],
  changedOn: { field: 'LastChangeDateTime', type: 'digits' },
  pageSize: 10,
};

/** A mapping of commands alone, for what a mapping file would say. */
export function callMapping(call: unknown): Mapping {
  return {
    name: 'test',
    version: 1,
    sha256: '',
    connector: 'erp-odata',
    map: () => Promise.resolve({ messages: [], faults: [] }),
    command: () => Promise.resolve(call),
  };
}

export function sapErp(options: Partial<ErpOptions> = {}): Promise<Erp> {
  return startErp({ system: SYSTEM, dialect: 'sap', credentials: CREDENTIALS, ...options });
}

export function configured(
  erp: Pick<Erp, 'url'>,
  settings: object = {},
  mapping: Mapping = callMapping(undefined),
): Configured {
  const credentials = { basic: { user: 'ERP_USER', password: 'ERP_PASSWORD' } };
  const all = { endpoint: erp.url, version: 'v2', credentials, ...settings };
  const setup = { secret: (_field: string, name: string) => ENV[name] ?? '', system: SYSTEM, folder: '/', mapping };
  return erpOData.configure(all as never, setup);
}

export function receiverOf(
  erp: Pick<Erp, 'url'>,
  sets: readonly EntitySet[] = [ORDERS],
  settings: object = {},
): Receiver {
  const { receiver } = configured(erp, { entitySets: sets, ...settings });
  if (!receiver) throw new Error('It has no entity sets.');
  return receiver;
}

/** Runs until it waits for its schedule a second time, or rejects. */
export async function runOnce(receiver: Receiver, context: RecordingContext): Promise<void> {
  const stopped = new AbortController();
  let passed = 0;
  const once = {
    ...context,
    due: (signal: AbortSignal) => {
      passed += 1;
      if (passed > 1) stopped.abort(new Error('enough'));
      return passed > 1 ? Promise.reject(new Error('enough')) : context.due(signal);
    },
  };
  context.tick();
  await receiver.run(once, stopped.signal).catch((error: unknown) => {
    if ((error as Error).message !== 'enough') throw error;
  });
}

export function rawOf({ body, ...document }: Omit<NewDocument, 'body'> & { readonly body: Buffer }): RawDocument {
  const time = document.time ?? '2026-11-26T08:00:00Z';
  const at = { receivedAt: time, time };
  return {
    ...document,
    ...at,
    id: document.key,
    bytes: body.length,
    body: async function* () {
      yield await Promise.resolve(body);
    },
  };
}

export async function recordsOf(receiver: Receiver, { accepted }: RecordingContext, from = 0): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for (const document of accepted.slice(from))
    for await (const record of receiver.parse(rawOf(document))) records.push(record);
  return records;
}

/** A field of each record, as text. */
export function fieldOf(records: readonly SourceRecord[], field: string): string[] {
  return records.map((record) =>
    'data' in record ? String((record.data as Record<string, unknown>)[field]) : 'fault',
  );
}

export function seed(erp: Erp, orders: number, from = 1): void {
  for (let index = from; index < from + orders; index += 1) {
    erp.business.create({
      number: String(1_000_000 + index),
      item: 'MZ-FG-R10',
      plant: '1710',
      quantity: '500',
      unit: 'ST',
      start: '2026-11-30T07:00:00.000Z',
      end: '2026-12-01T10:22:30.000Z',
      operations: [
        {
          number: '0010',
          name: 'Assembly',
          workCenter: 'Z_ASM1',
          start: '2026-11-30T07:00:00.000Z',
          end: '2026-11-30T13:11:15.000Z',
          yield: '0',
          status: 'PLANNED',
        },
        {
          number: '0020',
          name: 'Final Inspection',
          workCenter: 'Z_INSP1',
          start: '2026-11-30T13:11:15.000Z',
          end: '2026-12-01T10:22:30.000Z',
          yield: '0',
          status: 'PLANNED',
        },
      ],
      components: [{ item: 'MZ-RM-R10-01', quantity: '1500', unit: 'ST', withdrawn: '0', operation: '0020' }],
    });
  }
}

export { receiverContext };
