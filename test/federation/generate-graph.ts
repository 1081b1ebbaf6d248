import { generateTypes } from './generate-types.ts';
import type { Types } from './generate-types.ts';
import type {
  AbstractModel,
  Field,
  FieldPart,
  FieldSetItem,
  Graph,
  ObjectModel,
  ObjectPart,
  Subgraph,
} from './graph-model.ts';
import { rootTypes } from './graph-model.ts';
import { randomFrom } from './random.ts';
import type { Random } from './random.ts';

/** A random graph, split among two to five subgraphs with every directive of Federation 2 that joins. */
export function generateGraph(seed: number): Graph {
  const random = randomFrom(seed);
  const split = new Split(seed, random, generateTypes(random));
  split.entities();
  split.interfaceObjects();
  split.plainFields();
  split.abstractTypes();
  split.abstractFields();
  split.overrides();
  split.requires();
  split.provides();
  split.hiddenFields();
  return split.graph;
}

class Split {
  readonly graph: Graph;
  readonly #values: ReadonlySet<string>;
  readonly #entities: readonly ObjectModel[];

  constructor(
    seed: number,
    readonly random: Random,
    types: Types,
  ) {
    this.#values = new Set(types.values.map(({ name }) => name));
    this.#entities = types.entities;
    this.graph = {
      seed,
      colour: types.colour,
      objects: new Map([...types.roots, ...types.entities, ...types.values].map((model) => [model.name, model])),
      abstractTypes: new Map(types.abstractTypes.map((model) => [model.name, model])),
      overrideLabels: new Set(),
      subgraphs: ['ash', 'birch', 'cedar', 'doum', 'elm'].slice(0, 2 + random.int(4)).map((name) => ({
        name,
        objects: new Map(),
        interfaces: new Map(),
        unions: new Map(),
        interfaceObjects: new Set<string>(),
      })),
    };
  }

  /** Each entity has a home that knows it by all its keys, and others that know it by some. */
  entities(): void {
    const { subgraphs, abstractTypes } = this.graph;
    const shared = abstractTypes.get('N');
    const sharedHome = this.random.pick(subgraphs);
    if (shared) {
      for (const subgraph of subgraphs) {
        if (subgraph !== sharedHome && this.random.chance(0.5)) subgraph.interfaceObjects.add(shared.name);
      }
    }
    for (const entity of this.#entities) {
      const isShared = shared?.members.includes(entity.name) ?? false;
      const able = subgraphs.filter((subgraph) => this.#canHold(subgraph, entity.name));
      const home = isShared ? sharedHome : this.random.pick(able);
      const isWhole = isShared || this.random.chance(0.9);
      this.#know(home, entity, entity.keys, isWhole ? 1 : 0.7);
      for (const subgraph of able) {
        if (subgraph === home || !this.random.chance(0.55)) continue;
        this.#know(subgraph, entity, this.random.atLeastOne(entity.keys, 0.5), 0.8);
      }
    }
  }

  interfaceObjects(): void {
    for (const subgraph of this.graph.subgraphs) {
      for (const name of subgraph.interfaceObjects) {
        const { key, added } = this.#abstract(name);
        const id = this.graph.objects.get(this.#abstract(name).members[0] ?? '')?.fields.get('id');
        if (!key || !id) continue;
        const part = partOf(name);
        subgraph.objects.set(name, part);
        part.keys.push({ key, resolvable: true });
        part.fields.set('id', { field: id });
        for (const field of added.values()) {
          const others = this.graph.subgraphs.filter((each) => each.objects.get(name)?.fields.has(field.name));
          if (others.length === 0) part.fields.set(field.name, { field });
        }
      }
    }
    const [n] = [...this.graph.abstractTypes.values()].filter(({ key }) => key);
    if (n && !this.graph.subgraphs.some(({ interfaceObjects }) => interfaceObjects.size > 0)) n.added.clear();
  }

  plainFields(): void {
    for (const model of this.graph.objects.values()) {
      if (this.#values.has(model.name)) continue;
      for (const field of model.fields.values()) {
        if (!field.keyValue && !this.#isAbstract(field)) this.#place(field);
      }
    }
  }

  /** Each subgraph declares interfaces and unions as far as it knows their types. */
  abstractTypes(): void {
    const { subgraphs, abstractTypes, objects } = this.graph;
    for (const model of abstractTypes.values()) {
      for (const subgraph of subgraphs) {
        const members = model.members.filter((name) => subgraph.objects.has(name));
        if (members.length === 0) continue;
        if (model.kind === 'union') {
          subgraph.unions.set(model.name, members);
          continue;
        }
        // A keyed interface is declared where all of its types are, and nowhere else.
        if (model.key && members.length < model.members.length) continue;
        if (model.key && [...subgraphs].some((each) => each.interfaces.has(model.name))) continue;
        const common = model.common.filter((name) => members.every((member) => this.#owns(subgraph, member, name)));
        if (common.length === 0 || (!model.key && !this.random.chance(0.8))) continue;
        if (model.key && !members.every((member) => this.#resolvesBy(subgraph, member, 'id'))) continue;
        const fields = common.map((name) =>
          this.#looser(members.map((member) => objects.get(member)?.fields.get(name))),
        );
        subgraph.interfaces.set(model.name, { fields, key: model.key, types: members });
        for (const member of members) subgraph.objects.get(member)?.interfaces.add(model.name);
      }
    }
  }

  abstractFields(): void {
    for (const model of this.graph.objects.values()) {
      for (const field of [...model.fields.values()]) if (this.#isAbstract(field)) this.#place(field);
    }
  }

  overrides(): void {
    const { random, graph } = this;
    for (const [field, owners] of this.#singlyOwned()) {
      const [from] = owners;
      if (
        !from ||
        !random.chance(0.15) ||
        rootTypes.includes(field.owner) ||
        !graph.objects.has(field.owner) ||
        this.#inInterface(field)
      )
        continue;
      const able = graph.subgraphs.filter(
        (each) =>
          each !== from &&
          this.#isReachable(each, field.owner) &&
          !this.#isAbstract(field) &&
          !each.objects.get(field.owner)?.fields.has(field.name) &&
          this.#canHold(each, field.type.name),
      );
      if (able.length === 0) continue;
      const to = random.pick(able);
      const label = random.pick([
        undefined,
        undefined,
        'percent(0)',
        'percent(50)',
        'percent(100)',
        'custom_on',
        'custom_off',
      ]);
      this.#hold(to, field.type.name);
      const part: FieldPart = { field, override: { from: from.name, label } };
      const old = from.objects.get(field.owner)?.fields.get(field.name);
      if (!old) continue;
      old.overridden = true;
      to.objects.get(field.owner)?.fields.set(field.name, part);
      if (label === 'custom_on') graph.overrideLabels.add(label);
      if (label === undefined || label === 'percent(100)' || label === 'custom_on') old.stale = true;
      else if (label !== 'percent(50)') part.stale = true;
    }
  }

  requires(): void {
    const order = [...this.graph.objects.values()].flatMap(({ fields }) => [...fields.values()]);
    for (const [field, [subgraph]] of this.#singlyOwned()) {
      if (
        !subgraph ||
        rootTypes.includes(field.owner) ||
        !this.random.chance(0.4) ||
        !this.#isReachable(subgraph, field.owner)
      )
        continue;
      const part = subgraph.objects.get(field.owner)?.fields.get(field.name);
      if (!part || part.override || part.overridden || this.#inInterface(field)) continue;
      const earlier = order.slice(0, order.indexOf(field));
      const items = this.random
        .some(
          earlier.filter((input) => input.owner === field.owner),
          0.5,
        )
        .slice(0, 2)
        .flatMap((input) => this.#input(subgraph, input, earlier, 0) ?? []);
      if (items.length > 0) field.requires = items;
    }
  }

  provides(): void {
    for (const [field, [subgraph]] of this.#singlyOwned()) {
      const target = this.graph.objects.get(field.type.name);
      if (!subgraph || !target || target.keys.length === 0 || !this.random.chance(0.3)) continue;
      const part = subgraph.objects.get(field.owner)?.fields.get(field.name);
      const there = subgraph.objects.get(target.name);
      if (!part || !there || part.override || part.overridden) continue;
      const provided = [...target.fields.values()].filter((each) => {
        const known = there.fields.get(each.name);
        const parts = this.#parts(each);
        return (
          this.#isLeaf(each) &&
          !each.keyValue &&
          !each.requires &&
          each.args.length === 0 &&
          (known === undefined || known.external === true) &&
          parts.every(({ override, overridden }) => !override && !overridden)
        );
      });
      if (provided.length === 0) continue;
      const chosen = this.random.pick(provided);
      for (const each of this.#parts(chosen)) if (!each.external) each.shareable = true;
      there.fields.set(chosen.name, { field: chosen, external: true });
      part.provides = [{ name: chosen.name }];
    }
  }

  hiddenFields(): void {
    for (const { name, fields } of this.graph.objects.values()) {
      if (rootTypes.includes(name)) continue;
      const visible = [...fields.values()].filter((field) => !this.#inInterface(field));
      for (const field of visible.slice(1)) field.hidden = this.random.chance(0.1);
    }
  }

  /** Adds a field to one subgraph that can serve it, or to several; forgets it where none can. */
  #place(field: Field): void {
    const { random, graph } = this;
    const able = graph.subgraphs.filter((subgraph) =>
      this.#isAbstract(field)
        ? this.#isReachable(subgraph, field.owner) && this.#possible(subgraph, field.type.name).length > 0
        : this.#isReachable(subgraph, field.owner) && this.#canHold(subgraph, field.type.name),
    );
    const isShareable =
      able.length > 1 && field.owner !== 'Mutation' && field.owner !== 'Subscription' && random.chance(0.25);
    let chosen = able.length === 0 ? [] : isShareable ? random.atLeastOne(able, 0.5) : [random.pick(able)];
    if (this.#isAbstract(field)) {
      const first = chosen[0];
      const candidates = first ? this.#possible(first, field.type.name) : [];
      const shared = candidates.filter((name) =>
        chosen.every((each) => this.#possible(each, field.type.name).includes(name)),
      );
      if (first && shared.length === 0) chosen = [first];
      field.candidates = shared.length > 0 ? shared : candidates;
    }
    if (chosen.length === 0) {
      graph.objects.get(field.owner)?.fields.delete(field.name);
      return;
    }
    // Faults below an object would take it along, and then further in the stricter subgraph than in one schema.
    const mayBeStrict = this.#isLeaf(field) && chosen.length > 1 && !field.type.nonNull[0];
    const strict = mayBeStrict && random.chance(0.3) ? random.pick(chosen) : undefined;
    if (strict) {
      field.safe = true;
      field.solid = true;
    }
    for (const subgraph of chosen) {
      this.#hold(subgraph, field.type.name);
      let part = subgraph.objects.get(field.owner);
      if (!part) subgraph.objects.set(field.owner, (part = partOf(field.owner)));
      part.fields.set(field.name, { field, shareable: chosen.length > 1, strict: subgraph === strict });
    }
  }

  /** A field as an input of a `@requires` in a subgraph that does not serve it. */
  #input(subgraph: Subgraph, input: Field, earlier: readonly Field[], depth: number): FieldSetItem | undefined {
    const part = subgraph.objects.get(input.owner);
    const known = part?.fields.get(input.name);
    if (!part || this.#isAbstract(input) || (known && !known.external && !this.#values.has(input.owner) && depth === 0))
      return undefined;
    if (known?.override || known?.overridden || !this.#canHold(subgraph, input.type.name)) return undefined;
    let of: FieldSetItem[] | undefined;
    if (!this.#isLeaf(input)) {
      if (depth > 1) return undefined;
      const target = this.graph.objects.get(input.type.name);
      if (!target) return undefined;
      this.#hold(subgraph, target.name);
      const below = [...target.fields.values()].filter(
        (each) => this.#values.has(target.name) || earlier.includes(each) || each.keyValue,
      );
      of = this.random.some(below, 0.5).flatMap((each) => this.#input(subgraph, each, earlier, depth + 1) ?? []);
      if (of.length === 0) return undefined;
    }
    const args: Record<string, number> = {};
    for (const { name } of input.args) {
      if (name === 'at' || (name === 'limit' && this.random.chance(0.7))) args[name] = this.random.int(3);
    }
    if (!known) part.fields.set(input.name, { field: input, external: true });
    input.isInput = true;
    if (input.type.nonNull.includes(true)) input.safe = true;
    return { name: input.name, ...(Object.keys(args).length > 0 && { args }), ...(of && { of }) };
  }

  #canHold(subgraph: Subgraph, name: string): boolean {
    for (const shared of subgraph.interfaceObjects) if (this.#abstract(shared).members.includes(name)) return false;
    const model = this.graph.objects.get(name);
    if (!model) return !this.graph.abstractTypes.has(name);
    const fields = [...model.fields.values()].filter((field) => this.#values.has(name) || field.keyValue);
    return fields.every((field) => field.type.name === name || this.#canHold(subgraph, field.type.name));
  }

  /** Declares a type in a subgraph: a value type whole, an entity at least by a key. */
  #hold(subgraph: Subgraph, name: string): void {
    const model = this.graph.objects.get(name);
    if (!model || subgraph.objects.has(name)) return;
    if (this.#values.has(name)) {
      const part = partOf(name);
      subgraph.objects.set(name, part);
      for (const field of model.fields.values()) {
        part.fields.set(field.name, { field, shareable: true });
        this.#hold(subgraph, field.type.name);
      }
    } else this.#know(subgraph, model, this.random.atLeastOne(model.keys, 0.3), 0.5);
  }

  #know(subgraph: Subgraph, model: ObjectModel, keys: ObjectModel['keys'], resolvable: number): void {
    let part = subgraph.objects.get(model.name);
    if (!part) subgraph.objects.set(model.name, (part = partOf(model.name)));
    for (const key of keys) {
      if (part.keys.some((known) => known.key === key)) continue;
      part.keys.push({ key, resolvable: this.random.chance(resolvable) });
      for (const item of key.fields) {
        const field = model.fields.get(item.name);
        if (!field) throw new Error(`${model.name} has no ${item.name}`);
        part.fields.set(field.name, { field });
        const target = this.graph.objects.get(field.type.name);
        if (!target || !item.of) continue;
        const nested = item.of;
        const byThese = target.keys.filter(({ fields }) =>
          fields.every(({ name }) => nested.some((each) => each.name === name)),
        );
        if (target.keys.length > 0) this.#know(subgraph, target, byThese, 0.5);
        else this.#hold(subgraph, target.name);
      }
    }
  }

  #isAbstract(field: Field): boolean {
    return this.graph.abstractTypes.has(field.type.name);
  }

  #isLeaf(field: Field): boolean {
    return !this.#isAbstract(field) && !this.graph.objects.has(field.type.name);
  }

  #abstract(name: string): AbstractModel {
    const model = this.graph.abstractTypes.get(name);
    if (!model) throw new Error(`no abstract type ${name}`);
    return model;
  }

  #isReachable(subgraph: Subgraph, owner: string): boolean {
    return (
      rootTypes.includes(owner) || (subgraph.objects.get(owner)?.keys.some(({ resolvable }) => resolvable) ?? false)
    );
  }

  #resolvesBy(subgraph: Subgraph, owner: string, field: string): boolean {
    const keys = subgraph.objects.get(owner)?.keys ?? [];
    return keys.some(({ key, resolvable }) => resolvable && key.fields.length === 1 && key.fields[0]?.name === field);
  }

  #possible(subgraph: Subgraph, name: string): readonly string[] {
    if (subgraph.interfaceObjects.has(name)) return this.#abstract(name).members;
    return subgraph.interfaces.get(name)?.types ?? subgraph.unions.get(name) ?? [];
  }

  #owns(subgraph: Subgraph, owner: string, name: string): boolean {
    const part = subgraph.objects.get(owner)?.fields.get(name);
    return part !== undefined && !part.external;
  }

  #inInterface(field: Field): boolean {
    return [...this.graph.abstractTypes.values()].some(
      ({ kind, members, common }) =>
        kind === 'interface' && members.includes(field.owner) && common.includes(field.name),
    );
  }

  /** Of the fields of an interface's types the one whose type all others are allowed for. */
  #looser(fields: readonly (Field | undefined)[]): Field {
    const known = fields.filter((field) => field !== undefined);
    const looser = known.find(({ type }) => !type.nonNull[0]) ?? known[0];
    if (!looser) throw new Error('an interface without fields');
    return looser;
  }

  #parts(field: Field): FieldPart[] {
    return this.graph.subgraphs.flatMap((subgraph) => subgraph.objects.get(field.owner)?.fields.get(field.name) ?? []);
  }

  /** Fields that one subgraph alone serves, with that subgraph; keys and fields of value types are not among them. */
  *#singlyOwned(): Generator<[Field, Subgraph[]]> {
    const models = [...this.graph.objects.values()].map(({ fields }) => fields);
    const added = [...this.graph.abstractTypes.values()].map((model) => model.added);
    for (const field of [...models, ...added].flatMap((fields) => [...fields.values()])) {
      if (field.keyValue || this.#values.has(field.owner)) continue;
      const owners = this.graph.subgraphs.filter((subgraph) => this.#owns(subgraph, field.owner, field.name));
      if (owners.length === 1) yield [field, owners];
    }
  }
}

function partOf(name: string): ObjectPart {
  return { name, fields: new Map(), keys: [], interfaces: new Set() };
}
