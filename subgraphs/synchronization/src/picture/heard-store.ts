import type { CollectionDefinition, DocumentStore } from '@takt/document-store';
import type { HeardDomain } from './picture.ts';

/** How far each domain was heard. */
interface HeardDomains {
  read(): Promise<HeardDomain[]>;
  note(heard: HeardDomain): Promise<void>;
}

const HEARD: CollectionDefinition<HeardDomain> = { name: 'heard-domains', indexes: [] };

export async function openHeardDomains(store: DocumentStore): Promise<HeardDomains> {
  const collection = await store.collection(HEARD);
  return {
    async read() {
      const { entries } = await collection.page({ orderBy: [], first: DOMAINS });
      return entries.map(({ document }) => document);
    },
    async note(heard) {
      await collection.commit([{ id: heard.domain, document: heard, events: [], messageIds: [] }]);
    },
  };
}

/** More than there are. */
const DOMAINS = 100;
