import type { ContractList } from '@takt/gateway';
import { SCHEMA_FOLDER } from './schema-arguments.ts';
import { readContractList } from './schema-folder.ts';

/** The contracts that the graph is served by: those under schema/. */
export async function readContracts(): Promise<ContractList> {
  const list = await readContractList(SCHEMA_FOLDER);
  if (!list) throw new Error(`${SCHEMA_FOLDER}contracts/contracts.json is missing.`);
  return list;
}
