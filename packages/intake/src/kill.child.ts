import { writeSync } from 'node:fs';
import { fill, openTanks } from './domain.fixture.ts';

/** A domain that takes messages until it is killed, and writes a line for each that it has acknowledged. */
const [directory = '', life = ''] = process.argv.slice(2);
const { intake } = await openTanks({ directory });
for (let from = 0; ; from += 10) {
  const messages = Array.from({ length: 10 }, (_, n) => fill(`${life}-${from + n}`, `T${life}-${n % 4}`, 1));
  const calls = [intake.receive(messages.slice(0, 1)), intake.receive(messages.slice(1))];
  for (const outcome of (await Promise.all(calls)).flat()) writeSync(1, `${outcome.status} ${outcome.messageId}\n`);
}
