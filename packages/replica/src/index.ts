export { replica } from './replica.ts';
export type { ReplicaChange, ReplicaOptions, Snapshot } from './replica.ts';
export { replicate } from './replica-document.ts';
export type { ReplicaDocument, Replicated } from './replica-document.ts';
