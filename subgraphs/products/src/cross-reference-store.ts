import type { Conditions, DocumentStore } from '@takt/document-store';
import type { Governed } from '@takt/intake';
import type { CrossReferences, ReferenceKind } from '@takt/mapping';
import { crossReference, crossReferenceId, type CrossReference } from './cross-reference.ts';
import { product, type ProductRecord } from './product.ts';

/**
 * Cross-references as this domain keeps them: those told as such, and where there is none, of products, the ids that
 * systems told with the product itself. Two reads for any number of ids; where one of our ids has several in a system,
 * the first by its text is answered.
 */
export function crossReferencesOf(store: DocumentStore): CrossReferences {
  return {
    async toCanonical(source, kind, ids) {
      const { system, instance } = halves(source);
      const references = await store.collection(crossReference.collection);
      const stored = await references.getMany(ids.map((id) => crossReferenceId({ system, instance, kind, id })));
      const told = stored.map((each) => each?.document.canonicalId);
      return orByProduct(told, kind, ids, (left) => skusOf(store, { system, instance }, left));
    },
    async toSource(source, kind, canonicalIds) {
      const { system, instance } = halves(source);
      const references = await store.collection(crossReference.collection);
      const query = { where: { system, instance, kind }, orderBy: ['system', 'instance', 'kind'], first: 1 } as const;
      const keys = canonicalIds.map((canonicalId): Conditions<Governed<CrossReference>> => ({ canonicalId }));
      const pages = keys.length === 0 ? [] : await references.pages(query, keys);
      const told = pages.map(({ entries: [entry] }) => entry?.document.id);
      return orByProduct(told, kind, canonicalIds, async (left) => {
        const products = await store.collection(product.collection);
        const documents = await products.getMany(left);
        return documents.map((each) => idsIn(each?.document, { system, instance })[0]);
      });
    },
  };
}

interface Instance {
  readonly system: string;
  readonly instance: string;
}

async function orByProduct(
  told: readonly (string | undefined)[],
  kind: ReferenceKind,
  ids: readonly string[],
  ask: (ids: readonly string[]) => Promise<(string | undefined)[]>,
): Promise<(string | undefined)[]> {
  const left = kind === 'PRODUCT' ? ids.filter((_id, index) => told[index] === undefined) : [];
  if (left.length === 0) return [...told];
  const answers = await ask(left);
  let next = 0;
  return told.map((each) => each ?? answers[next++]);
}

async function skusOf(store: DocumentStore, of: Instance, ids: readonly string[]): Promise<(string | undefined)[]> {
  const products = await store.collection(product.collection);
  const keys = ids.map((id): Conditions<Governed<ProductRecord>> => ({ 'alternativeIds.id': id }));
  const pages = await products.pages({ orderBy: ['sku'], first: MOST_OF_ONE_ID }, keys);
  return pages.map(({ entries }, index) => {
    const found = entries.find(({ document }) => idsIn(document, of).includes(ids[index] ?? ''));
    return found?.document.sku;
  });
}

function idsIn(record: ProductRecord | undefined, { system, instance }: Instance): string[] {
  const ids = (record?.alternativeIds ?? []).filter((each) => each.system === system && each.instance === instance);
  return ids.map(({ id }) => id).sort();
}

function halves(source: string): Instance {
  const [system = '', instance = ''] = source.split('/');
  return { system, instance };
}

/** Of products that systems call by the same number, each its own. */
const MOST_OF_ONE_ID = 100;
