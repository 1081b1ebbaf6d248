import { fileURLToPath } from 'node:url';
import type { ContractList } from '@takt/gateway';
import { readContractList } from './schema-folder.ts';

/** The contracts that the graph is served by: those under schema/. */
export async function readContracts(): Promise<ContractList> {
  const list = await readContractList(SCHEMA);
  if (!list) throw new Error(`${SCHEMA}contracts/contracts.json is missing.`);
  return list;
}

const SCHEMA = fileURLToPath(new URL('../../schema/', import.meta.url));
