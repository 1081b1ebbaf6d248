import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Two copies of graphql in one process refuse each other's schemas: everybody gets the ES module.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
