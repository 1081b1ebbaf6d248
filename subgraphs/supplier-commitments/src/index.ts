export { supplierCommitments } from './domain.ts';
