import type { AbstractModel, Arg, EnumModel, Field, Key, ObjectModel, TypeRef } from './graph-model.ts';
import type { Random } from './random.ts';

/** The types of a graph before anybody serves them. */
export interface Types {
  readonly colour: EnumModel;
  readonly values: readonly ObjectModel[];
  readonly entities: readonly ObjectModel[];
  readonly abstractTypes: readonly AbstractModel[];
  readonly roots: readonly ObjectModel[];
}

/** Invents value types, entities with keys of every kind, interfaces, a union, and root fields that lead to them. */
export function generateTypes(random: Random): Types {
  const colour: EnumModel = { values: ['RED', 'GREEN', 'BLUE'], hidden: random.chance(0.4) ? 'BLUE' : undefined };
  const entities = Array.from({ length: 2 + random.int(3) }, (_, index) => object(`T${index}`, 3 + random.int(2)));
  const values = Array.from({ length: 1 + random.int(2) }, (_, index) => object(`V${index}`, 0));

  const places = entities.flatMap((entity, index) => addKeys(random, entity, entities.slice(0, index)));
  const composites = [...entities, ...entities, ...values].map(({ name }) => name);
  values.forEach((value, index) => {
    for (const name of random.atLeastOne(fieldNames, 0.3).slice(0, 4)) {
      const chance = random.int(10);
      const later = values.slice(index + 1);
      if (chance < 1) addField(random, value, name, random.pick(entities).name);
      else if (chance < 3 && later.length > 0) addField(random, value, name, random.pick(later).name);
      else addField(random, value, name, random.pick(leafTypes));
    }
  });
  const abstractTypes = abstractTypesOf(random, entities, values);
  const abstractNames = abstractTypes.map(({ name }) => name);
  for (const entity of entities) {
    for (const name of fieldNames.slice(0, 4 + random.int(4))) {
      if (entity.fields.has(name)) continue;
      const chance = random.int(10);
      if (chance < 5) addField(random, entity, name, random.pick(leafTypes));
      else if (chance < 9 || abstractNames.length === 0) addField(random, entity, name, random.pick(composites));
      else addField(random, entity, name, random.pick(abstractNames));
    }
  }

  const roots = [object('Query', 0)];
  const [query] = roots as [ObjectModel];
  const targets = [...composites, ...abstractNames, ...abstractNames];
  for (let index = 0; index < 4 + random.int(4); index++) {
    addField(random, query, `q${index}`, random.chance(0.85) ? random.pick(targets) : random.pick(leafTypes));
  }
  for (const [name, prefix] of [
    ['Mutation', 'm'],
    ['Subscription', 's'],
  ] as const) {
    if (!random.chance(0.5)) continue;
    const root = object(name, 0);
    roots.push(root);
    const count = name === 'Mutation' ? 1 + random.int(3) : 1;
    for (let index = 0; index < count; index++) addField(random, root, prefix + String(index), random.pick(targets), 0);
  }
  return { colour, entities, values: [...values, ...places], abstractTypes, roots };
}

const leafTypes = ['String', 'Int', 'Float', 'Boolean', 'ID', 'Colour', 'Json'] as const;

/** Few, so that types share them and aliases meet them. */
const fieldNames = ['name', 'size', 'code', 'owner', 'items', 'a', 'b', 'id', 'data', 'constructor'];

function object(name: string, count: number): ObjectModel {
  return { name, fields: new Map(), keys: [], count };
}

function addField(random: Random, owner: ObjectModel, name: string, typeName: string, maxLists = 2): Field {
  const lists = Math.min(maxLists, random.chance(0.7) ? 0 : random.chance(0.75) ? 1 : 2);
  return setField(owner, name, {
    type: { name: typeName, nonNull: Array.from({ length: lists + 1 }, () => random.chance(0.35)) },
    args: random.chance(0.3) ? random.atLeastOne(possibleArgs, 0.2) : [],
  });
}

function setField(owner: ObjectModel, name: string, given: Partial<Field> & Pick<Field, 'type'>): Field {
  const field: Field = { owner: owner.name, name, args: [], safe: false, solid: false, hidden: false, ...given };
  owner.fields.set(name, field);
  return field;
}

const possibleArgs: readonly Arg[] = [
  { name: 'limit', type: 'Int', defaultValue: '3' },
  { name: 'text', type: 'String' },
  { name: 'colour', type: 'Colour', defaultValue: 'RED' },
  { name: 'filter', type: 'Filter' },
  { name: 'ids', type: '[ID!]' },
  { name: 'at', type: 'Int!' },
  { name: 'json', type: 'Json' },
];

/** Adds one to three keys; answers the value types that nested ones need. */
function addKeys(random: Random, entity: ObjectModel, earlier: readonly ObjectModel[]): ObjectModel[] {
  const { name } = entity;
  const keyField = (field: string, type: string, keyValue: (index: number) => unknown): void =>
    void setField(entity, field, { type: required(type), safe: true, keyValue });
  const key = (fields: Key['fields'], valueOf: Key['valueOf']): void => void entity.keys.push({ fields, valueOf });
  const places: ObjectModel[] = [];

  const kinds = random.atLeastOne(['id', 'code', 'compound', 'place', 'owner'], 0.35).slice(0, 3);
  if (random.chance(0.7) && !kinds.includes('id')) kinds.unshift('id');
  for (const kind of kinds) {
    if (kind === 'id') {
      keyField('id', 'ID', (index) => `${name}-${index}`);
      key([{ name: 'id' }], (index) => ({ id: `${name}-${index}` }));
    } else if (kind === 'code') {
      keyField('code', 'Int', (index) => 10 + index);
      key([{ name: 'code' }], (index) => ({ code: 10 + index }));
    } else if (kind === 'compound') {
      keyField('a', 'String', (index) => `a${index >> 1}`);
      keyField('b', 'Int', (index) => index & 1);
      key([{ name: 'a' }, { name: 'b' }], (index) => ({ a: `a${index >> 1}`, b: index & 1 }));
    } else if (kind === 'place') {
      const place = object(`${name}Place`, 0);
      places.push(place);
      for (const [field, factor] of [
        ['x', 1],
        ['y', 2],
      ] as const) {
        setField(place, field, { type: required('Int'), safe: true, keyValue: (index) => index * factor });
      }
      keyField('place', place.name, () => undefined);
      key([{ name: 'place', of: [{ name: 'x' }, { name: 'y' }] }], (index) => ({ place: { x: index, y: index * 2 } }));
    } else {
      const owners = earlier.filter(({ keys }) => keys.some(({ fields }) => fields[0]?.name === 'id'));
      if (owners.length === 0) continue;
      const owner = random.pick(owners);
      keyField('owner', owner.name, (index) => index % owner.count);
      keyField('slot', 'Int', (index) => index);
      key([{ name: 'owner', of: [{ name: 'id' }] }, { name: 'slot' }], (index) => ({
        owner: { id: `${owner.name}-${index % owner.count}` },
        slot: index,
      }));
    }
  }
  if (entity.keys.length > 0) return places;
  keyField('id', 'ID', (index) => `${name}-${index}`);
  key([{ name: 'id' }], (index) => ({ id: `${name}-${index}` }));
  return places;
}

function required(name: string): TypeRef {
  return { name, nonNull: [true] };
}

function abstractTypesOf(
  random: Random,
  entities: readonly ObjectModel[],
  values: readonly ObjectModel[],
): AbstractModel[] {
  const abstractTypes: AbstractModel[] = [];
  const withId = entities.filter(({ keys }) => keys.some(({ fields }) => fields[0]?.name === 'id'));
  if (withId.length >= 2 && random.chance(0.5)) {
    const members = withId.slice(0, 2);
    const key = members[0]?.keys.find(({ fields }) => fields[0]?.name === 'id');
    const added = new Map<string, Field>();
    const extras = object('N', 0);
    for (const name of ['extra', 'more']) {
      const field = addField(random, extras, name, random.pick(leafTypes));
      // The planner asks for it of every type of the interface: a fault where nobody asked may take no object with it.
      field.safe = field.type.nonNull.includes(true);
      added.set(name, field);
    }
    const common = ['id', ...commonFields(random, ['title'], members)];
    abstractTypes.push({ kind: 'interface', name: 'N', members: members.map(({ name }) => name), common, key, added });
  }
  for (const name of random.some(['I0', 'I1'], 0.6)) {
    const members = random.atLeastOne([...entities, ...values], 0.5);
    const common = commonFields(random, name === 'I0' ? ['label'] : ['label', 'rank'], members);
    abstractTypes.push({
      kind: 'interface',
      name,
      members: members.map((member) => member.name),
      common,
      key: undefined,
      added: new Map(),
    });
  }
  if (random.chance(0.6)) {
    const members = random.atLeastOne([...entities, ...values], 0.6).map((member) => member.name);
    abstractTypes.push({ kind: 'union', name: 'U', members, common: [], key: undefined, added: new Map() });
  }
  return abstractTypes;
}

/** Gives each member the same fields; those of `label` are the same for whatever interface. */
function commonFields(random: Random, names: readonly string[], members: readonly ObjectModel[]): readonly string[] {
  for (const name of names) {
    const nonNull = random.chance(0.3);
    for (const member of members) {
      if (member.fields.has(name)) continue;
      const type = { name: name === 'rank' ? 'Int' : 'String', nonNull: [nonNull || random.chance(0.2)] };
      setField(member, name, { type });
    }
  }
  return names;
}
