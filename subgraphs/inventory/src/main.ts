import { runDomain } from '@takt/subgraph-server';
import { inventory } from './domain.ts';

await runDomain(inventory);
