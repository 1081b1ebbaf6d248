import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/**
 * These leave nothing behind in their process, and share its modules rather than load them anew for each file, which
 * takes a second of processor time or more: each group in workers of its own.
 */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  /** Each in a system of its own in this process. */
  stories: [
    'test/planning-plant.test.ts',
    ...[
      'consumer-docs',
      'contract-versions',
      'contracts',
      'dead-letters',
      'demand-spike-in-frozen-zone',
      'erp-refuses',
      'forecast-spike',
      'forecast-withdrawn-after-approval',
      'integration-messages',
      'late-supplier',
      'live-changes',
      'living-plant',
      'machine-down-over-weekend',
      'month-to-week-republication',
      'order-lifecycle',
      'planning-platform-away-for-a-day',
      'quality-hold-with-substitution',
      'replay',
      'slow-drift',
      'supply-demand',
      'trusted-documents',
      'two-planners-at-once',
    ].map((story) => `test/${story}/*.test.ts`),
  ],
  gateway: ['gateway/**/*.test.ts'],
  domains: [
    'subgraphs/**/*.test.ts',
    'demo/**/*.test.ts',
    ...[
      'client',
      'document-formats',
      'extraction',
      'governance',
      'lmdb-directory',
      'mapping',
      'planning-time',
      'quantity',
      'replica',
      'serving',
      'tables',
    ].map((name) => `packages/${name}/**/*.test.ts`),
  ],
  connections: [
    'connectors/**/*.test.ts',
    ...['backing-system', 'document-store', 'event-log', 'intake', 'integration', 'log-consumer'].map(
      (name) => `packages/${name}/**/*.test.ts`,
    ),
  ],
};
const NO_TESTS = '**/node_modules/**';

/** Those of the whole system take longest: begun last, one of them would keep one core busy for minutes. */
class SystemsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isOfSystem = ({ moduleId }: TestSpecification) => moduleId.startsWith(`${this.ctx.config.root}/test/`);
    return [...sorted.filter(isOfSystem), ...sorted.filter((file) => !isOfSystem(file))];
  }
}

export default defineConfig({
  // Two copies of graphql in one process refuse each other's schemas: everybody gets the ES module.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['**/*.test.ts'],
          exclude: [NO_TESTS, ...Object.values(TOGETHER).flat()],
        },
      },
      ...Object.entries(TOGETHER).map(([name, include]) => ({
        extends: true as const,
        test: { name, include: [...include], exclude: [NO_TESTS], isolate: false },
      })),
    ],
    sequence: { sequencer: SystemsFirst },
    // By default Vitest leaves one core to itself; most of these tests wait for disks and other processes.
    maxWorkers: 2,
    // Long enough for a machine that does ten other things as well; none of these is waited for.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
