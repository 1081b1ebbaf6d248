import { runDomain } from '@takt/subgraph-server';
import { forecasts } from './domain.ts';

await runDomain(forecasts);
