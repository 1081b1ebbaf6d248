import type { CollectionDefinition, DocumentStore } from '@takt/document-store';
import { itemLocationId } from '@takt/products/contract';
import type { PlanningUnitKey } from '../picture/unit-facts.ts';

/** When units are looked at again though nobody tells anything of them. */
export interface DailyLooks {
  /** `at`: RFC 3339, in UTC with milliseconds; without it the unit is not looked at by itself. */
  plan(looks: readonly (PlanningUnitKey & { readonly at?: string | undefined })[]): Promise<void>;
  /** Those whose time has come, the earliest first. */
  due(now: string, limit: number): Promise<PlanningUnitKey[]>;
}

interface Look extends PlanningUnitKey {
  readonly at: string;
}

const DAILY_LOOKS: CollectionDefinition<Look> = { name: 'daily-looks', indexes: [['at']] };

export async function openDailyLooks(store: DocumentStore): Promise<DailyLooks> {
  const collection = await store.collection(DAILY_LOOKS);
  return {
    async plan(looks) {
      const ids = looks.map(({ sku, location }) => itemLocationId(sku, location));
      const stored = await collection.getMany(ids);
      const over: string[] = [];
      const changes = looks.flatMap(({ sku, location, at }, index) => {
        const [id, known] = [ids[index] as string, stored[index]];
        if (at === undefined) {
          if (known) over.push(id);
          return [];
        }
        if (known?.document.at === at) return [];
        const document = { sku, location, at };
        return [{ id, expectedVersion: known?.version ?? 0, document, events: [], messageIds: [] }];
      });
      if (changes.length > 0) await collection.commit(changes);
      if (over.length > 0) await collection.remove(over);
    },
    async due(now, limit) {
      const to = new Date(Date.parse(now) + 1).toISOString();
      const { entries } = await collection.page({ where: { at: { from: '', to } }, orderBy: ['at'], first: limit });
      return entries.map(({ document: { sku, location } }) => ({ sku, location }));
    },
  };
}
