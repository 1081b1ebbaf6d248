import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Two copies of graphql in one process refuse each other's schemas: everybody gets the ES module.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    // By default Vitest leaves one core to itself; most of these tests wait for disks and other processes.
    maxWorkers: 2,
    // Long enough for a machine that does ten other things as well; none of these is waited for.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
