import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSupergraph, parseContractList, stampContracts, type Contract } from '@takt/gateway';
import { ROOT } from '../system.ts';

/** Every contract, of every audience, of the supergraph that is governed under schema/. */
export async function governedContracts(): Promise<Contract[]> {
  const read = (path: string) => readFile(join(ROOT, 'schema', path), 'utf8');
  const list = parseContractList(JSON.parse(await read('contracts/contracts.json')));
  const { contracts } = loadSupergraph(stampContracts(await read('supergraph.graphql'), list));
  return (contracts?.names() ?? []).flatMap((name) => contracts?.get(name) ?? []);
}
