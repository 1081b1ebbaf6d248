import { parseArgs } from 'node:util';
import { createPair } from './differential.ts';

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    transport: { type: 'string', default: 'in-process' },
  },
});
let done = 0, failed = 0, refused = 0;
const perGraph = 25;
for (let seed = Number(values.seed); done < Number(values.operations); seed++) {
  const pair = await createPair(seed, values.transport as 'http').catch((e: unknown) => ({ refused: `THROWN ${(e as Error).stack}` }));
  if ('refused' in pair) {
    refused++;
    console.log(seed, 'refused', pair.refused.slice(0, 600));
    continue;
  }
  for (let number = 0; number < perGraph; number++, done++) {
    const operation = pair.operation(number);
    const found = await pair.differs(operation);
    if (found !== undefined) {
      failed++;
      console.log(`seed ${seed} #${number}: ${found.slice(0, 300)}`);
    }
  }
  await pair.close();
}
console.log({ done, failed, refused });
