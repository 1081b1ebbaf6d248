import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StockMovement } from '../contracts.ts';
import { startWms } from '../peers/files.ts';
import { Refused, type PlantSystem } from './plant-system.ts';

/** What is there at the beginning, unrestricted, by `sku@location@lot`. */
export type Levels = ReadonlyMap<string, number>;

/** The warehouses' system: its movements are files in a folder. It issues no more than what it has. */
export async function startWarehouse(folder: string, initial: Levels): Promise<PlantSystem> {
  const drop = join(folder, 'wms');
  await mkdir(drop, { recursive: true });
  const stock = new KeptLevels(join(folder, 'wms-stock.jsonl'), initial);
  const wms = await startWms({ system: 'wms/demo', folder: drop });
  return {
    peers: [wms],
    instances: new Map([
      [
        'wms.yml',
        [
          'type: files',
          'instance: wms/demo',
          `folder: ${JSON.stringify(drop)}`,
          "pattern: '*.csv'",
          'stillFor: 2s',
          'format: { kind: csv }',
          'mapping: stock-movements',
          'schedule: { every: 2s }',
          '',
        ].join('\n'),
      ],
    ]),
    env: {},
    handlers: {
      async StockMoved({ data, time }) {
        const { type, quantity, sku, location, lot, ...movement } = data as StockMovement;
        const change = type === 'RECEIPT' ? Number(quantity.value) : type === 'ISSUE' ? -Number(quantity.value) : 0;
        stock.change(`${sku}@${location}@${lot ?? ''}`, change);
        wms.move({
          document: movement.document,
          line: movement.line,
          type: type === 'REVERSAL' ? 'ADJUSTMENT' : type,
          sku,
          location,
          quantity: quantity.value,
          unit: quantity.unit,
          ...(lot !== undefined && { lot }),
          status: movement.status,
          ...(movement.toStatus !== undefined && { toStatus: movement.toStatus }),
          ...(movement.reference !== undefined && { reference: movement.reference }),
          postedAt: time,
        });
        await wms.dropMovements();
      },
    },
    close: () => wms.close(),
  };
}

/** Levels that survive a restart, as JSON lines of what changed; a half-written last one counts for nothing. */
class KeptLevels {
  readonly #levels: Map<string, number>;
  readonly #file: string;

  constructor(file: string, initial: Levels) {
    this.#file = file;
    this.#levels = new Map(initial);
    if (!existsSync(file)) return;
    const text = readFileSync(file, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) writeFileSync(file, whole);
    for (const line of whole.split('\n').slice(0, -1)) {
      const [key, change] = JSON.parse(line) as [string, number];
      this.#levels.set(key, (this.#levels.get(key) ?? 0) + change);
    }
  }

  change(key: string, change: number): void {
    const level = (this.#levels.get(key) ?? 0) + change;
    if (level < 0) throw new Refused(`There is less than that of ${key}.`);
    this.#levels.set(key, level);
    appendFileSync(this.#file, `${JSON.stringify([key, change])}\n`);
  }
}
