import { expect, it } from 'vitest';
import { docsPath } from './docs-endpoint.ts';

it.each([
  ['/docs', { contract: '', page: [] }],
  ['/docs/', { contract: '', page: [] }],
  ['/docs/2026-11', { contract: '/2026-11', page: [] }],
  ['/docs/suppliers/2026-11/types/Product', { contract: '/suppliers/2026-11', page: ['types', 'Product'] }],
  ['/docs/next/schema.graphql', { contract: '/next', page: ['schema.graphql'] }],
  ['/docs/2026-11/types/%E0%A4%A', { contract: '/2026-11', page: ['types', '%E0%A4%A'] }],
  ['/documents', undefined],
])('takes %s apart', (path, expected) => {
  expect(docsPath(path)).toEqual(expected);
});
