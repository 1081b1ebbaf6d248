import { runDomain } from '@takt/subgraph-server';
import { supplierCommitments } from './domain.ts';

await runDomain(supplierCommitments);
