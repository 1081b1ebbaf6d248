import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { QuantitySchema } from '@takt/quantity';
import { canonicalTypes } from './canonical-types.ts';
import { loadMapping } from './load-mapping.ts';
import { toldReferences } from './mapping.fixture.ts';
import type { CrossReferences, MapContext, Mapping } from './mapping.ts';

const OrderReport = Type.Object(
  {
    id: Type.String({ minLength: 1 }),
    sku: Type.String({ minLength: 1 }),
    quantity: QuantitySchema,
    due: Type.Optional(Type.String({ format: 'date' })),
    tags: Type.Optional(Type.Array(Type.String())),
    operations: Type.Optional(
      Type.Array(Type.Object({ sequence: Type.Integer({ minimum: 0 }), name: Type.Optional(Type.String()) })),
    ),
  },
  { additionalProperties: false },
);
const StockReport = Type.Object({ sku: Type.String(), onHand: QuantitySchema }, { additionalProperties: false });

/** Two domains, each with a message. */
export const CANONICAL = canonicalTypes([
  { name: 'orders', aggregates: [{ messages: { OrderReported: OrderReport } }] },
  { name: 'stock', aggregates: [{ messages: { StockReported: StockReport } }] },
]);

export const HEAD = 'name: sap\nversion: 3\nconnector: erp\nunits: { ST: PC }\n';

export const ORDER_RULE = `
  - name: order
    record: Order
    emit: OrderReported
    data:
      id: '"P100-" & No'
      sku: '$canonical("PRODUCT", Material)'
      quantity: '$quantity(Amount, Unit)'
      due: '$date(Due, "YYYYMMDD")'
`;
export const ORDER = { No: '7', Material: 'M-1', Amount: '5.0', Unit: 'ST', Due: '20260105' };

/** Calls back with the path of a file that holds the text, for as long as that takes. */
export async function withFile<T>(
  text: string | Buffer,
  run: (path: string) => Promise<T>,
  name = 'sap.yml',
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'takt-mapping-'));
  try {
    const path = join(folder, name);
    await writeFile(path, text);
    return await run(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function mappingOf(text: string): Promise<Mapping> {
  return withFile(text, (path) => loadMapping(path, { connector: 'erp', canonical: CANONICAL }));
}

export function contextOf(
  crossReferences: CrossReferences = toldReferences({ PRODUCT: { 'M-1': 'FG-1' } }),
): MapContext {
  const at = '2026-01-05T12:00:00Z';
  return { system: 'erp/P100', document: { key: 'D-1', time: at, receivedAt: at }, crossReferences };
}
