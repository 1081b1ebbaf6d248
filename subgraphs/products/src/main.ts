import { runDomain } from '@takt/subgraph-server';
import { products } from './domain.ts';

await runDomain(products);
