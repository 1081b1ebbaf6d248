import { localDateAt } from '@takt/planning-time';
import type { PlanningException } from '../exceptions/planning-exception.ts';
import { digestOf, quantile } from './digest.ts';
import { secondsBetween } from './latency.ts';
import type { Period } from './period.ts';

export const EXCEPTION_GROUPINGS = ['PLANT', 'FAMILY', 'REGION', 'OWNER', 'SEVERITY', 'KIND'] as const;
export type ExceptionGrouping = (typeof EXCEPTION_GROUPINGS)[number];

/** Exceptions that somebody has to decide and that have in common what they are grouped by; ages since they were raised. */
export interface ExceptionGroup extends Members {
  readonly open: number;
  /** Those whose due time is past. */
  readonly overdue: number;
  readonly oldestRaisedAt: string;
  readonly medianAgeSeconds: number;
  readonly maxAgeSeconds: number;
}

/** Null: not grouped by it, or nothing is known of it. */
interface Members {
  readonly plant: string | null;
  readonly family: string | null;
  readonly region: string | null;
  readonly owner: string | null;
  readonly severity: OpenException['severity'] | null;
  readonly kind: OpenException['kind'] | null;
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
  const groups = new Map<string, OpenException[]>();
  for (const exception of exceptions) {
    const key = JSON.stringify(inCommon(exception, groupings));
    const group = groups.get(key);
    if (group) group.push(exception);
    else groups.set(key, [exception]);
  }
  return [...groups]
    .sort(([key, members], [otherKey, others]) => others.length - members.length || (key < otherKey ? -1 : 1))
    .map(([key, members]) => ({ ...(JSON.parse(key) as Members), ...agesOf(members, now) }));
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

function inCommon(exception: OpenException, groupings: readonly ExceptionGrouping[]): Members {
  const by = <Value>(grouping: ExceptionGrouping, value: Value | undefined) =>
    groupings.includes(grouping) ? (value ?? null) : null;
  return {
    plant: by('PLANT', exception.location),
    family: by('FAMILY', exception.family),
    region: by('REGION', exception.region),
    owner: by('OWNER', exception.owner),
    severity: by('SEVERITY', exception.severity),
    kind: by('KIND', exception.kind),
  };
}

function agesOf(members: readonly OpenException[], now: Date): Omit<ExceptionGroup, keyof Members> {
  const ages = digestOf(members.map(({ raisedAt }) => secondsBetween(raisedAt, now.toISOString())));
  const [oldestRaisedAt = ''] = members.map(({ raisedAt }) => new Date(raisedAt).toISOString()).sort();
  return {
    open: members.length,
    overdue: members.filter(({ dueAt }) => Date.parse(dueAt) < now.getTime()).length,
    oldestRaisedAt,
    medianAgeSeconds: quantile(ages, 0.5) ?? 0,
    maxAgeSeconds: ages.max,
  };
}
