import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { keyLiteral, type KeyValue } from './literals.ts';
import { ENTITY_PATH, type Version } from './settings.ts';

const name = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' });
/** `{"$found": "ConfirmationGroup"}` is what `find` found under that name. */
const Found = Type.Object({ $found: name }, { additionalProperties: false });
const Guid = Type.Object(
  { $guid: Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' }) },
  { additionalProperties: false },
);
const KeyField = Type.Union([Type.String({ maxLength: 500 }), Type.Number(), Type.Boolean(), Guid, Found]);
const Values = Type.Record(name, KeyField, { minProperties: 1, maxProperties: 20 });
const path = Type.String({ pattern: ENTITY_PATH });

const Place = { path, key: Type.Optional(Values) };

const Request = Type.Object(
  {
    method: Type.Union(['POST', 'PUT', 'PATCH', 'MERGE', 'DELETE'].map((method) => Type.Literal(method))),
    /** Of an entity set, or of a function import. */
    ...Place,
    /** Bound to the entity, in v4, e.g. `Microsoft.NAV.release`. */
    action: Type.Optional(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.]{0,199}$' })),
    /** In the query, as function imports of v2 take them. */
    parameters: Type.Optional(Values),
    /** With `$date`, `$time` and `$instant` of an instant, and `$found`. */
    body: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    /** Only what it is now is changed: it is read first, and told by its ETag. */
    ifMatch: Type.Optional(Type.Boolean()),
    /** What is read first: with `filter` the first that has these values, else the entity itself. */
    find: Type.Optional(Type.Object({ ...Place, filter: Type.Optional(Values) }, { additionalProperties: false })),
    /** It was done before if something is found, or if what is found has these values; of an own PATCH, those of its body. */
    doneIf: Type.Optional(Type.Union([Type.Literal('FOUND'), Type.Record(name, Type.Unknown())])),
  },
  { additionalProperties: false },
);
const Call = Type.Object(
  { requests: Type.Array(Request, { minItems: 1, maxItems: 200 }) },
  { additionalProperties: false },
);

/** One request of a command. */
export type CallRequest = Static<typeof Request>;
type Values = Static<typeof Values>;
/** What was found, as it came. */
export type Entity = Readonly<Record<string, unknown>>;

/** What a mapping's `call` gives: one request, or `requests` in order. Throws RangeError that names the place. */
export function readCall(call: unknown): readonly CallRequest[] {
  if (Value.Check(Call, call)) return call.requests;
  if (Value.Check(Request, call)) return [call];
  const isList = typeof call === 'object' && call !== null && 'requests' in call;
  const [first] = Value.Errors(isList ? Call : Request, call);
  throw new RangeError(`The mapping’s call makes no sense: ${first?.path ?? ''} ${first?.message ?? ''}`.trim());
}

/** Path and query of the entity, its action or the function. Throws RangeError for a `$found` that was not. */
export function pathOf(
  { path, key, action, parameters }: Pick<CallRequest, 'path' | 'key' | 'action' | 'parameters'>,
  version: Version,
  found?: Entity,
): string {
  const query = parameters && listOf(parameters, version, found).join('&');
  const entity = key === undefined ? path : `${path}(${keyOf(key, version, found)})`;
  return `${entity}${action === undefined ? '' : `/${action}`}${query === undefined ? '' : `?${query}`}`;
}

/** Path and query of what is read first. */
export function findPath(find: NonNullable<CallRequest['find']>, version: Version): string {
  const { filter } = find;
  if (!filter) return pathOf(find, version);
  // Literals are percent-encoded already.
  const condition = listOf(filter, version).map((item) => item.replace('=', '%20eq%20'));
  return `${pathOf(find, version)}?$filter=${condition.join('%20and%20')}&$top=1`;
}

/** Puts what was found where `$found` asks for it, at any depth. */
export function fill(value: unknown, found: Entity | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => fill(item, found));
  if (typeof value !== 'object' || value === null) return value;
  if (Value.Check(Found, value)) return foundValue(value.$found, found);
  return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, fill(item, found)]));
}

function keyOf(key: Values, version: Version, found: Entity | undefined): string {
  const list = listOf(key, version, found);
  return list.length === 1 ? (list[0] ?? '').replace(/^[^=]*=/, '') : list.join(',');
}

function listOf(values: Values, version: Version, found?: Entity): string[] {
  return Object.entries(values).map(([field, value]) => `${field}=${keyLiteral(known(value, found), version)}`);
}

function known(value: Static<typeof KeyField>, found: Entity | undefined): KeyValue {
  if (typeof value !== 'object' || !('$found' in value)) return value;
  const read = foundValue(value.$found, found);
  if (typeof read === 'string' || typeof read === 'number' || typeof read === 'boolean') return read;
  throw new RangeError(`What was found has no ${value.$found}.`);
}

function foundValue(field: string, found: Entity | undefined): unknown {
  if (found && Object.hasOwn(found, field)) return found[field];
  throw new RangeError(`What was found has no ${field}.`);
}
