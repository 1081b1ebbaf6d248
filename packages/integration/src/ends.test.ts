import { afterEach, describe, expect, it } from 'vitest';
import { testSource, type TestSource } from './source.fixture.ts';
import { startTestExchange, type TestExchange } from './test-exchange.fixture.ts';

const { signal } = new AbortController();

let source: TestSource;
let test: TestExchange;

async function start(given: Parameters<typeof testSource>[0] = {}, more: object = {}): Promise<void> {
  source = testSource(given);
  test = await startTestExchange({ systems: [source.system], ...more });
}

afterEach(() => test.close());

async function endOf(key: string, lines: readonly string[]) {
  const receipt = await source.accept({ key, lines });
  return receipt.ended(signal);
}

describe('a document', () => {
  it('whose messages are taken is applied, and they have its correlation id and ids of their own', async () => {
    await start();
    const end = await endOf('a', [
      'say products ProductReported {"code":"A"}',
      'say logistics LocationReported {"code":"L"}',
    ]);
    expect(end).toEqual({
      status: 'APPLIED',
      records: 2,
      counts: { applied: 2, duplicate: 0, rejected: 0, deadLettered: 0 },
      problems: [],
    });
    const [message] = await test.ended(1);
    expect(test.taken.map(({ domain, id, source: from, correlationid }) => [domain, id, from, correlationid])).toEqual(
      expect.arrayContaining([
        ['products', 'a/0/0', 'erp/P100', message?.correlationId],
        ['logistics', 'a/1/0', 'erp/P100', message?.correlationId],
      ]),
    );
  });
});
