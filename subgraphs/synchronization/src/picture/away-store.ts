import type { Collection } from '@takt/document-store';
import type { Governed } from '@takt/intake';
import type { SourceStateReport } from '@takt/subgraph-server';

/** Systems that cannot be reached, as it was told last, by name; `since` as RFC 3339. */
export async function awaySystems(
  states: Collection<Governed<SourceStateReport>>,
): Promise<{ readonly system: string; readonly since: string }[]> {
  const { entries } = await states.page({ orderBy: ['system'], first: SYSTEMS });
  return entries.flatMap(({ document: { system, state, since } }) => (state === 'DOWN' ? [{ system, since }] : []));
}

/** More than anybody has. */
const SYSTEMS = 1_000;
