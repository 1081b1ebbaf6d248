export { synchronization } from './domain.ts';
