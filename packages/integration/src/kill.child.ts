import { writeSync } from 'node:fs';
import { NO_CROSS_REFERENCES } from '@takt/mapping';
import { openTanks } from './tanks.fixture.ts';
import { FillReceiver, keyOf } from './fill-receiver.fixture.ts';
import { testSystem } from './test-exchange.fixture.ts';
import { startExchange } from './start-exchange.ts';

/** An exchange that takes documents until it is killed, and writes a line for each that it has acknowledged. */
const [directory = '', life = ''] = process.argv.slice(2);
const { intake, store } = await openTanks(directory);
const receiver = new FillReceiver();
await startExchange({
  store,
  systems: [testSystem({ system: 'mes/hall-1', receiver })],
  intake: () => intake,
  crossReferences: NO_CROSS_REFERENCES,
  clock: () => new Date(),
  keepDays: 35,
  onFault: (fault) => {
    throw fault;
  },
});
for (let number = 0; ; number += 1) {
  const keys = [`${life}-${3 * number}`, `${life}-${3 * number + 1}`, `${life}-${3 * number + 2}`];
  await Promise.all(
    keys.map(async (key) => {
      await receiver.accept(keyOf(key));
      writeSync(1, `${keyOf(key)}\n`);
    }),
  );
}
