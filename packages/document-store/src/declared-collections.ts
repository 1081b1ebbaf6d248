import { checkDefinition } from './plan.ts';
import type { Collection, CollectionDefinition } from './port.ts';

/** Declares each collection of a store once. */
export class DeclaredCollections {
  private readonly byName = new Map<string, { indexes: string; collection: Promise<Collection<object>> }>();

  /**
   * Gives the collection that was declared, or declares it; what failed is tried again by whoever asks next. Throws
   * TypeError if it was declared with other indexes.
   */
  async declare<T extends object>(
    definition: CollectionDefinition<T>,
    create: () => Promise<Collection<T>>,
  ): Promise<Collection<T>> {
    checkDefinition(definition);
    const indexes = JSON.stringify(definition.indexes);
    let known = this.byName.get(definition.name);
    if (known && known.indexes !== indexes) {
      throw new TypeError(`Collection ${definition.name} is already declared with other indexes: ${known.indexes}`);
    }
    if (!known) {
      known = { indexes, collection: create() };
      this.byName.set(definition.name, known);
      known.collection.catch(() => this.byName.delete(definition.name));
    }
    return known.collection as Promise<Collection<T>>;
  }
}
