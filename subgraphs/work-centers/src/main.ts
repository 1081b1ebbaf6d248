import { runDomain } from '@takt/subgraph-server';
import { workCenters } from './domain.ts';

await runDomain(workCenters);
