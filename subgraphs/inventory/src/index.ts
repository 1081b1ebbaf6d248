export { inventory } from './domain.ts';
