import type { System } from '@takt/cli';
import { inboundMessage, type Clock } from '@takt/intake';
import { expect, vi } from 'vitest';

/** Changes the stock of pumps again and again until what listens is over. */
export async function reportStockUntilOver(system: System, listening: Promise<unknown>, clock: Clock): Promise<void> {
  let isOver = false;
  const over = listening.finally(() => (isOver = true));
  let pieces = 0;
  await vi.waitFor(
    async () => {
      const stock = [{ status: 'UNRESTRICTED', quantity: { value: String(++pieces), unit: 'EA' } }];
      const data = { sku: 'PUMP', location: 'P100', unit: 'EA', stock };
      const message = inboundMessage({ type: 'StockReported', source: 'wms/p100', data }, clock);
      expect(await system.intake('inventory').receive([message])).toMatchObject([{ status: 'APPLIED' }]);
      expect(isOver).toBe(true);
    },
    { timeout: 60_000 },
  );
  await over;
}
