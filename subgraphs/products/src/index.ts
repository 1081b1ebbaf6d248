export { crossReferencesOf } from './cross-reference-store.ts';
export { products } from './domain.ts';
