import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/**
 * These leave nothing behind in their process, and share its modules rather than load them anew for each file: stories of the
 * small plant, each in a system of its own, and what is pure for the most part.
 */
const TOGETHER = [
  ...['mapping', 'planning-time', 'document-formats', 'quantity'].map((name) => `packages/${name}/**/*.test.ts`),
  'subgraphs/synchronization/**/*.test.ts',
  'test/planning-plant.test.ts',
  ...[
    'demand-spike-in-frozen-zone',
    'erp-refuses',
    'forecast-spike',
    'forecast-withdrawn-after-approval',
    'late-supplier',
    'machine-down-over-weekend',
    'month-to-week-republication',
    'planning-platform-away-for-a-day',
    'quality-hold-with-substitution',
    'slow-drift',
    'supply-demand',
    'two-planners-at-once',
  ].map((story) => `test/${story}/*.test.ts`),
];
/** The same of connectors and of storage, whose tests close what they open: apart from the stories. */
const CONNECTED = [
  ...['backing-system', 'document-store', 'event-log', 'intake', 'integration', 'log-consumer'].map(
    (name) => `packages/${name}/**/*.test.ts`,
  ),
  'connectors/**/*.test.ts',
];
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
        test: { name: 'alone', include: ['**/*.test.ts'], exclude: [NO_TESTS, ...TOGETHER, ...CONNECTED] },
      },
      { extends: true, test: { name: 'together', include: TOGETHER, exclude: [NO_TESTS], isolate: false } },
      { extends: true, test: { name: 'connected', include: CONNECTED, exclude: [NO_TESTS], isolate: false } },
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
