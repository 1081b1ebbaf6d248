import { CAUSES } from '@takt/event-log';
import type { Provenance as StoredProvenance } from '@takt/intake';
import { Directive, Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar, DecimalScalar } from './scalars.ts';
import type { Sources } from './source-state.ts';

/** Registers a list of names as a GraphQL enum whose values are the names themselves. */
export function enumOf<const Names extends readonly string[]>(
  name: string,
  names: Names,
  description: string,
  valueDescriptions: { readonly [value in Names[number]]?: string } = {},
): { readonly [value in Names[number]]: value } {
  const values = Object.fromEntries(names.map((value) => [value, value])) as { [value in Names[number]]: value };
  const valuesConfig = Object.fromEntries(
    Object.entries<string | undefined>(valueDescriptions).map(([value, text]) => [value, { description: text ?? '' }]),
  ) as Partial<Record<Names[number], { description: string }>>;
  registerEnumType(values, { name, description, valuesConfig });
  return values;
}

export const Cause = enumOf('Cause', CAUSES, 'Why something changed, in a planner’s words.', {
  REPORTED: 'A backing system reported it.',
  MANUAL: 'Somebody decided it.',
  CAPACITY: 'What can be made, or by when, has changed.',
  FORECAST_CHANGE: 'What is expected to be sold has changed.',
  QUALITY: 'Quality stopped or released something.',
  SHORTAGE: 'Material is missing.',
});

export const Freshness = enumOf(
  'Freshness',
  ['FRESH', 'STALE'],
  'Whether the source has spoken recently enough to be relied on.',
  {
    FRESH: 'The source has confirmed it within the time in which it should.',
    STALE: 'The source has been silent for too long, or cannot be reached.',
  },
);

@Directive('@shareable')
@ObjectType({ simpleResolvers: true, description: 'An exact amount of something, in a unit.' })
export class Quantity {
  @Field(() => DecimalScalar, { description: 'How much, in `unit`.' })
  value!: string;

  @Field(() => String, { description: 'Unit of measure, as the product’s source writes it, e.g. `EA` or `KG`.' })
  unit!: string;
}

@InputType({ description: 'An exact amount of something, in a unit.' })
export class QuantityInput {
  @Field(() => DecimalScalar, { description: 'How much, in `unit`.' })
  value!: string;

  @Field(() => String, {
    description:
      'Unit of measure, as the product’s source writes it. A command in another unit than what it is about is kept in is refused.',
  })
  unit!: string;
}

@Directive('@shareable')
@ObjectType({ simpleResolvers: true, description: 'Where a fact comes from and when it was last known to be true.' })
export class Provenance {
  @Field(() => String, { description: 'Kind of backing system, e.g. `erp`.' })
  system!: string;

  @Field(() => String, { description: 'Which one of them, e.g. `P100`.' })
  instance!: string;

  @Field(() => DateTimeScalar, { description: 'When the source last said that it is so.' })
  asOf!: string;

  @Field(() => Freshness, { description: 'Whether it can still be relied on.' })
  freshness!: keyof typeof Freshness;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null while it is fresh.' })
  staleSince!: string | null;
}

@Directive('@shareable')
@ObjectType({ simpleResolvers: true, description: 'Relay page information. Pages go forward only.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'There are more after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'The page was asked for with `after`.' })
  hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the first element of the page; null if the page is empty.',
  })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Give it as `after` for the next page; null if this page is empty.',
  })
  endCursor!: string | null;
}

@Directive('@shareable')
@ObjectType({ simpleResolvers: true, description: 'A command that was not carried out: nothing changed.' })
export class CommandRefused {
  @Field(() => String, { description: 'Stable code of the reason.' })
  code!: string;

  @Field(() => String, { description: 'What stood in the way, for a planner to read.' })
  reason!: string;
}

@Directive('@shareable')
@ObjectType({
  simpleResolvers: true,
  description: 'Somebody changed it since you looked: nothing changed. Read it again and decide anew.',
})
export class RevisionConflict {
  @Field(() => Int, { description: 'The revision that the command said.' })
  expectedRevision!: number;

  @Field(() => Int, { description: 'The revision that the entity has.' })
  currentRevision!: number;

  @Field(() => String, { description: 'The same in words, for a planner to read.' })
  reason!: string;
}

/** What is not renewed within a day is stale, unless the domain knows better. */
const FRESH_FOR_MS = 24 * 60 * 60 * 1000;

/** What more is known of where a fact comes from. */
export interface SourceContact {
  /** RFC 3339: when its source last told about it, if that is not `asOf`. */
  readonly heardAt?: string | undefined;
  /** RFC 3339: since when its source cannot be reached; undefined if it can, or nobody knows. */
  readonly downSince?: string | undefined;
}

/** STALE: the source has been silent for longer than it may, or is down. */
export function provenanceOf(
  stored: StoredProvenance,
  { clock, sources }: { readonly clock: () => Date; readonly sources: Sources },
  contact: SourceContact = {},
): Provenance {
  const now = clock();
  const heardAt = Date.parse(contact.heardAt ?? stored.asOf);
  const silentSince = heardAt + FRESH_FOR_MS;
  const down = [contact.downSince, sources.downSince(`${stored.system}/${stored.instance}`)].flatMap((at) =>
    at === undefined ? [] : [Math.max(Date.parse(at), heardAt)],
  );
  const downSince = Math.min(Infinity, ...down);
  const staleSince = Math.min(silentSince < now.getTime() ? silentSince : Infinity, downSince);
  if (staleSince === Infinity) return { ...stored, freshness: 'FRESH', staleSince: null };
  return { ...stored, freshness: 'STALE', staleSince: new Date(staleSince).toISOString() };
}
