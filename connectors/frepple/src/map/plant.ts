import { quantity } from '@takt/quantity';
import type { Quantity } from '@takt/quantity';
import { groupBy } from '../group-by.ts';
import type { FixtureRecord, RecordSet } from '../record-set.ts';

type Operation = FixtureRecord<'input.operation'>;
type OperationMaterial = FixtureRecord<'input.operationmaterial'>;
type OperationResource = FixtureRecord<'input.operationresource'>;

/** What is done with items, at one location or anywhere. */
export interface Uses {
  readonly produced: boolean;
  /** By an operation that yields something; what a delivery takes away is sold, not consumed. */
  readonly consumed: boolean;
  readonly sold: boolean;
  readonly bought: boolean;
  readonly moved: boolean;
}

/** What follows from the records of an import taken together. */
export class Plant {
  readonly records: RecordSet;
  readonly #unit: string;
  readonly #children: ReadonlyMap<string, readonly Operation[]>;
  readonly #materials: ReadonlyMap<string, readonly OperationMaterial[]>;
  readonly #resources: ReadonlyMap<string, readonly OperationResource[]>;
  readonly #uses = new Map<string, { -readonly [Use in keyof Uses]: boolean }>();
  readonly #itemLocations = new Map<string, { readonly sku: string; readonly location: string }>();
  readonly #families: ReadonlySet<string>;

  /** The unit is that of items without a `uom` of their own. */
  constructor(records: RecordSet, unit: string) {
    this.records = records;
    this.#unit = unit;
    this.#children = groupBy(records.all('input.operation'), ({ values }) => values.owner);
    this.#materials = groupBy(records.all('input.operationmaterial'), ({ values }) => values.operation);
    this.#resources = groupBy(records.all('input.operationresource'), ({ values }) => values.operation);
    this.#families = new Set(records.all('input.item').flatMap(({ values }) => values.owner ?? []));
    this.#collectUses();
  }

  unitOf(sku: string): string {
    return this.records.find('input.item', sku)?.values.uom ?? this.#unit;
  }

  /** In the item's unit. An absent value gives no quantity. */
  quantityOf<Value extends string | undefined>(sku: string, value: Value): Value extends string ? Quantity : undefined;
  quantityOf(sku: string, value: string | undefined): Quantity | undefined {
    return value === undefined ? undefined : quantity(value, this.unitOf(sku));
  }

  isFamily(sku: string): boolean {
    return this.#families.has(sku);
  }

  /** At the location, or anywhere. */
  usesOf(sku: string, location?: string): Uses {
    return this.#uses.get(pair(sku, location)) ?? UNUSED;
  }

  /** Every item and location that a record names together. */
  itemLocations(): Iterable<{ readonly sku: string; readonly location: string }> {
    return this.#itemLocations.values();
  }

  /** In the order of their priority, which of a routing is their sequence. */
  childrenOf(operation: Operation): readonly Operation[] {
    const children = this.#children.get(operation.values.name) ?? [];
    return [...children].sort((a, b) => (a.values.priority ?? 1) - (b.values.priority ?? 1));
  }

  ownerOf({ values: { owner } }: Operation): Operation | undefined {
    return owner === undefined ? undefined : this.records.find('input.operation', owner);
  }

  materialsOf(operation: Operation): readonly OperationMaterial[] {
    return this.#materials.get(operation.values.name) ?? [];
  }

  /** What an operation consumes. Materials that bear the same name replace each other: together, the preferred one first. */
  consumedBy(operation: Operation): readonly (readonly OperationMaterial[])[] {
    const consumed = this.materialsOf(operation).filter((material) => !isOutput(material));
    const groups = groupBy(consumed, ({ key, values: { name } }) => JSON.stringify(name ?? key));
    return [...groups.values()].map((group) =>
      group.sort((a, b) => (a.values.priority ?? 1) - (b.values.priority ?? 1)),
    );
  }

  resourcesOf(operation: Operation): readonly OperationResource[] {
    return this.#resources.get(operation.values.name) ?? [];
  }

  /** The routing that an operation is a step of; else the operation itself. What a bill of material is for. */
  routingOf(operation: Operation): Operation {
    const owner = this.ownerOf(operation);
    return owner?.values.type === 'routing' ? owner : operation;
  }

  /** The operation with its steps. */
  withSteps(operation: Operation): readonly Operation[] {
    return isContainer(operation)
      ? [operation, ...this.childrenOf(operation).flatMap((child) => this.withSteps(child))]
      : [operation];
  }

  /** The item that a routing or a stand-alone operation makes, if it makes any. */
  productOf(operation: Operation): string | undefined {
    const steps = this.withSteps(operation);
    return (
      operation.values.item ??
      this.ownerOf(operation)?.values.item ??
      steps.flatMap((step) => step.values.item ?? []).at(-1) ??
      steps.flatMap((step) => this.materialsOf(step).filter(isOutput)).at(-1)?.values.item
    );
  }

  locationOf(operation: Operation): string | undefined {
    return (
      operation.values.location ??
      this.ownerOf(operation)?.values.location ??
      this.childrenOf(operation).find(({ values }) => values.location !== undefined)?.values.location
    );
  }

  /** Of a resource without a location: that of its owner, or of an operation that loads it. */
  locationOfResource(resource: FixtureRecord<'input.resource'>): string | undefined {
    const { name, location, owner } = resource.values;
    if (location !== undefined) return location;
    const parent = owner === undefined ? undefined : this.records.find('input.resource', owner);
    if (parent !== undefined) return this.locationOfResource(parent);
    for (const { values } of this.records.all('input.operationresource')) {
      const operation = values.resource === name ? this.records.find('input.operation', values.operation) : undefined;
      if (operation !== undefined) return this.locationOf(operation);
    }
    return undefined;
  }

  #collectUses(): void {
    const { records } = this;
    for (const operation of records.all('input.operation')) {
      const location = this.locationOf(operation);
      const makesSomething = this.productOf(this.routingOf(operation)) !== undefined;
      if (operation.values.item !== undefined) this.#use(operation.values.item, location, 'produced');
      for (const material of this.materialsOf(operation)) {
        const use = isOutput(material) ? 'produced' : makesSomething ? 'consumed' : undefined;
        this.#use(material.values.item, material.values.location ?? location, use);
      }
    }
    for (const { values } of records.all('input.demand')) this.#use(values.item, values.location, 'sold');
    for (const { values } of records.all('forecast.forecast')) this.#use(values.item, values.location, 'sold');
    for (const { values } of records.all('input.itemsupplier')) this.#use(values.item, values.location, 'bought');
    for (const { values } of records.all('input.itemdistribution')) {
      this.#use(values.item, values.origin, 'moved');
      this.#use(values.item, values.location, 'moved');
    }
    for (const { values } of records.all('input.buffer')) this.#use(values.item, values.location);
    for (const { values } of records.all('input.operationplan')) {
      if (values.item === undefined) continue;
      for (const location of [values.location, values.origin, values.destination]) this.#use(values.item, location);
    }
  }

  #use(sku: string, location: string | undefined, use?: keyof Uses): void {
    if (location !== undefined) this.#itemLocations.set(pair(sku, location), { sku, location });
    if (use === undefined) return;
    for (const key of new Set([pair(sku), pair(sku, location)])) {
      const uses = this.#uses.get(key) ?? { ...UNUSED };
      uses[use] = true;
      this.#uses.set(key, uses);
    }
  }
}

/** A routing, an alternate or a split: it does nothing itself, the operations below it do. */
export function isContainer({ values: { type } }: Operation): boolean {
  return type === 'routing' || type === 'alternate' || type === 'split';
}

/** What an operation does with a material for one unit of its own quantity; frePPLe assumes 1. */
export function perUnit({ values: { quantity: each, quantity_fixed: fixed } }: OperationMaterial): string {
  return each ?? (fixed === undefined ? '1' : '0');
}

/** Whether an operation yields the material; it consumes it otherwise. */
export function isOutput(material: OperationMaterial): boolean {
  const each = Number(perUnit(material));
  return each > 0 || (each === 0 && Number(material.values.quantity_fixed ?? 0) > 0);
}

const UNUSED: Uses = { produced: false, consumed: false, sold: false, bought: false, moved: false };

function pair(sku: string, location?: string): string {
  return JSON.stringify([sku, location]);
}
