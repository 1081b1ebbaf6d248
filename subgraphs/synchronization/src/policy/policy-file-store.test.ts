import { it } from 'vitest';
import { describeTable } from './describe-table.ts';
import { defaultPolicy } from './policy-file-store.ts';
it('tmp', async () => {
  console.log(describeTable(await defaultPolicy()).join('\n'));
});
