import { localDateAt } from '@takt/planning-time';
import type { PlanningException } from '../exceptions/planning-exception.ts';
import { digestOf, quantile } from './digest.ts';
import { secondsBetween } from './latency.ts';
import type { Period } from './period.ts';

export const EXCEPTION_GROUPINGS = ['PLANT', 'FAMILY', 'REGION', 'OWNER', 'SEVERITY', 'KIND'] as const;
export type ExceptionGrouping = (typeof EXCEPTION_GROUPINGS)[number];

/** Exceptions that somebody has to decide, of one plant, family, …; ages since they were raised. */
export interface ExceptionGroup {
  /** By the groupings asked for, in their order; null: of exceptions that say nothing of it. */
  readonly of: readonly { readonly grouping: ExceptionGrouping; readonly value: string | null }[];
  readonly open: number;
  /** Those whose due time is past. */
  readonly overdue: number;
  readonly oldestRaisedAt: string;
  readonly medianAgeSeconds: number;
  readonly maxAgeSeconds: number;
}

type OpenException = Pick<
  PlanningException,
  'kind' | 'severity' | 'location' | 'family' | 'region' | 'owner' | 'raisedAt' | 'dueAt'
>;

/** The largest group first. */
export function groupsOf(
  exceptions: readonly OpenException[],
  groupings: readonly ExceptionGrouping[],
  now: Date,
): ExceptionGroup[] {
  const groups = new Map<string, { of: ExceptionGroup['of']; members: OpenException[] }>();
  for (const exception of exceptions) {
    const of = groupings.map((grouping) => ({ grouping, value: valueOf(exception, grouping) }));
    const key = JSON.stringify(of);
    const group = groups.get(key) ?? { of, members: [] };
    group.members.push(exception);
    groups.set(key, group);
  }
  return [...groups]
    .sort(([key, { members }], [otherKey, other]) => other.members.length - members.length || (key < otherKey ? -1 : 1))
    .map(([, { of, members }]) => ({ of, ...agesOf(members, now) }));
}

export interface ExceptionResolution {
  /** Exceptions that were closed. */
  readonly closed: number;
  readonly medianSeconds: number;
  readonly p90Seconds: number;
}

/** From raised to closed, of exceptions that were closed in the period; null if none was. */
export function resolutionOf(
  exceptions: readonly Pick<PlanningException, 'raisedAt' | 'closedAt'>[],
  { from, to }: Period,
  timeZone: string,
): ExceptionResolution | null {
  const seconds = exceptions.flatMap(({ raisedAt, closedAt }) => {
    if (closedAt === undefined) return [];
    const day = localDateAt(timeZone, closedAt);
    return day >= from && day < to ? [secondsBetween(raisedAt, closedAt)] : [];
  });
  const digest = digestOf(seconds);
  const [medianSeconds, p90Seconds] = [quantile(digest, 0.5), quantile(digest, 0.9)];
  return medianSeconds === null || p90Seconds === null ? null : { closed: digest.count, medianSeconds, p90Seconds };
}

function agesOf(members: readonly OpenException[], now: Date): Omit<ExceptionGroup, 'of'> {
  const ages = digestOf(members.map(({ raisedAt }) => secondsBetween(raisedAt, now.toISOString())));
  const [oldest = ''] = members.map(({ raisedAt }) => new Date(raisedAt).toISOString()).sort();
  return {
    open: members.length,
    overdue: members.filter(({ dueAt }) => Date.parse(dueAt) < now.getTime()).length,
    oldestRaisedAt: oldest,
    medianAgeSeconds: quantile(ages, 0.5) ?? 0,
    maxAgeSeconds: ages.max,
  };
}

function valueOf(exception: OpenException, grouping: ExceptionGrouping): string | null {
  switch (grouping) {
    case 'PLANT':
      return exception.location;
    case 'FAMILY':
      return exception.family ?? null;
    case 'REGION':
      return exception.region ?? null;
    case 'OWNER':
      return exception.owner;
    case 'SEVERITY':
      return exception.severity;
    case 'KIND':
      return exception.kind;
  }
}
