export { integration } from './domain.ts';
