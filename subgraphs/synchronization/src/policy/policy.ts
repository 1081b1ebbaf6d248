import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Aggregate, Decision, DecisionContext } from '@takt/intake';
import { checkTable } from './check-table.ts';
import { PolicyTableSchema, type PolicyTable, type PolicyVersion } from './policy-table.ts';

const id = PolicyTableSchema.properties.id;
const instant = Type.String({ format: 'date-time' });

/** Data of `PublishPolicy`: the next version of the policy with the table's id. */
const PublishPolicy = Type.Object({ table: PolicyTableSchema }, { additionalProperties: false });
type PublishPolicy = Static<typeof PublishPolicy>;

/** Data of `RetirePolicy`: from now on none of its versions holds. */
const RetirePolicy = Type.Object(
  { id, reason: Type.String({ minLength: 1, maxLength: 2000 }) },
  { additionalProperties: false },
);
type RetirePolicy = Static<typeof RetirePolicy>;

const PublishedSchema = Type.Object(
  { ...PolicyTableSchema.properties, version: Type.Integer({ minimum: 1 }), publishedAt: instant },
  { additionalProperties: false },
);
export type PublishedPolicy = Static<typeof PublishedSchema>;

const PolicyPublished = Type.Object({ policy: PublishedSchema }, { additionalProperties: false });
const PolicyRetired = Type.Object({ ...RetirePolicy.properties, retiredAt: instant }, { additionalProperties: false });

/** A policy with everything that was ever published of it. */
export interface PolicyState {
  readonly id: string;
  /** Of the latest version. */
  readonly name: string;
  /** Oldest first, numbered from 1; they never change. */
  readonly versions: readonly PublishedPolicy[];
  readonly retiredAt?: string;
  readonly retiredBecause?: string;
}

type Message =
  | { readonly type: 'PublishPolicy'; readonly data: PublishPolicy }
  | { readonly type: 'RetirePolicy'; readonly data: RetirePolicy };
type Event =
  | { readonly type: 'PolicyPublished'; readonly data: Static<typeof PolicyPublished> }
  | { readonly type: 'PolicyRetired'; readonly data: Static<typeof PolicyRetired> };

/** So many versions of a policy are kept, all of them; then it has to go on under another id. */
const MOST_VERSIONS = 200;

export const policy: Aggregate<PolicyState, Message, Event> = {
  noun: 'Policy',
  collection: { name: 'policies', indexes: [['id'], ['name', 'id']] },
  messages: { PublishPolicy, RetirePolicy },
  events: { PolicyPublished, PolicyRetired },
  identify: ({ type, data }) => (type === 'PublishPolicy' ? data.table.id : data.id),
  decide: (state, message, context) =>
    message.type === 'PublishPolicy'
      ? publish(state, message.data.table, context)
      : retire(state, message.data, context),
  evolve: (state, event) => {
    if (event.type === 'PolicyPublished') {
      const { policy } = event.data;
      return { id: policy.id, name: policy.name, versions: [...(state?.versions ?? []), policy] };
    }
    if (!state) throw new Error('A policy was retired that was never published.');
    return { ...state, retiredAt: event.data.retiredAt, retiredBecause: event.data.reason };
  },
};

/**
 * The version that holds for a location at an instant: of each policy the latest one that is valid then, and of policies
 * one that names the location before one for all, then the one that holds since later, then by id. Undefined if none does.
 */
export function policyFor(policies: readonly PolicyState[], location: string, at: string): PublishedPolicy | undefined {
  const now = Date.parse(at);
  return policies
    .filter(({ retiredAt }) => retiredAt === undefined || now < Date.parse(retiredAt))
    .flatMap(({ versions }) => versions.findLast((version) => holds(version, now)) ?? [])
    .filter(({ locations }) => locations === undefined || locations.includes(location))
    .sort((one, other) => rank(one) - rank(other) || since(other) - since(one) || (one.id < other.id ? -1 : 1))[0];
}

function publish(state: PolicyState | undefined, table: PolicyTable, { now }: DecisionContext): Decision<Event> {
  if (state?.retiredAt !== undefined) return refused('POLICY_RETIRED', `${state.id} was retired. Take another id.`);
  const { problems } = checkTable(table);
  if (problems.length > 0) return refused('INVALID_POLICY', problems.join('\n'));
  const latest = state?.versions.at(-1);
  if (latest && Value.Equal(tableOf(latest), table)) return { events: [] };
  const version = (latest?.version ?? 0) + 1;
  if (version > MOST_VERSIONS) {
    return refused('TOO_MANY_VERSIONS', `${table.id} has ${MOST_VERSIONS} versions. Retire it, and take another id.`);
  }
  const published = { ...table, version, publishedAt: now.toISOString() };
  return { events: [{ type: 'PolicyPublished', data: { policy: published } }] };
}

function retire(state: PolicyState | undefined, data: RetirePolicy, { now }: DecisionContext): Decision<Event> {
  if (!state) return refused('UNKNOWN_POLICY', `There is no policy ${data.id}.`);
  if (state.retiredAt !== undefined) return { events: [] };
  return { events: [{ type: 'PolicyRetired', data: { ...data, retiredAt: now.toISOString() } }] };
}

/** What was published, as it could be published again. */
export function tableOf({ version: _version, publishedAt: _publishedAt, ...table }: PublishedPolicy): PolicyTable {
  return table;
}

function holds({ validFrom, validTo }: PolicyVersion, now: number): boolean {
  return Date.parse(validFrom) <= now && (validTo === undefined || now < Date.parse(validTo));
}

function rank({ locations }: PolicyVersion): number {
  return locations ? 0 : 1;
}

function since({ validFrom }: PolicyVersion): number {
  return Date.parse(validFrom);
}

function refused(code: string, reason: string) {
  return { refused: { code, reason } };
}
