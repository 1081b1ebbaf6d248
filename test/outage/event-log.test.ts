import { InventoryChangedDocument } from '@takt/client';
import { encodeCursor } from '@takt/event-log';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasNatsServer, OwnNatsServer } from '../../packages/event-log/src/nats-server.fixture.ts';
import { bootSystem, take } from '../system.ts';
import { ask, PUMP, readiness, receivePump, receiveUntilRefused, STOCK } from './stock.fixture.ts';

describe.skipIf(!hasNatsServer('the graph during an outage of NATS'))('While the event log is away', () => {
  it('commands are taken for some seconds, then refused; what was taken is told once and in order after it', async () => {
    const nats = await OwnNatsServer.start();
    onTestFinished(() => nats.dispose());
    const { system, client } = await bootSystem({ natsUrl: nats.url });
    const { url } = system;
    const { log } = system.domains.get('inventory')!;
    await system.intake('products').receive([PUMP]);
    const fromTheBeginning = { sku: 'PUMP', after: encodeCursor(log.id, 0) };
    const changes = client.subscribe(InventoryChangedDocument, fromTheBeginning);
    expect(await receivePump(url, 0)).toBe('taken');
    const heard = await take(1, changes);

    await nats.kill();
    const { line: refused, code } = await receiveUntilRefused(url, 1);
    expect(code).toBe('INTAKE_UNAVAILABLE');
    expect(refused).toBeGreaterThan(1);
    expect(await receivePump(url, NEVER_OFFERED_AGAIN)).toBe('INTAKE_UNAVAILABLE');
    const stock = { onHand: { value: String(refused) }, product: { name: 'Circulation pump' } };
    expect(await ask(url, STOCK)).toEqual({
      data: { product: { name: 'Circulation pump' }, inventoryPosition: stock },
    });
    const { status, reasons } = await readiness(url);
    expect(status).toBe(503);
    expect(reasons).toContain('inventory: The event log is not available');
    const late = client.subscribe(InventoryChangedDocument, fromTheBeginning);
    await expect(late.next()).rejects.toMatchObject({
      errors: [{ extensions: { code: 'EVENT_LOG_UNAVAILABLE' } }],
    });

    await nats.resume();
    await expect.poll(() => readiness(url), { timeout: 30_000 }).toEqual({ status: 200, reasons: '' });
    expect(await receivePump(url, refused)).toBe('taken');
    heard.push(...(await take(refused, changes)));
    expect(heard.map(({ inventoryChanged }) => Number(inventoryChanged.onHandAfter.value))).toEqual(
      Array.from({ length: refused + 1 }, (_, line) => line + 1),
    );
    expect(await log.head()).toBe(refused + 1);
    await changes.return?.();
  });
});

const NEVER_OFFERED_AGAIN = 1_000_000;
