/**
 * How often values of each size were seen: a histogram whose bounds grow by a constant factor, so that any of its quantiles
 * is within {@link RELATIVE_ERROR} of the value that it stands for. Digests of parts add up to the digest of the whole.
 * After C. Masson, J. E. Rim, H. K. Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error
 * guarantees", PVLDB 12 (2019); plain JSON, and never more than {@link MOST_BUCKETS} buckets.
 */
export interface Digest {
  readonly count: number;
  /** Exact; 0 if there are none. */
  readonly max: number;
  /** By number of the bucket; bucket 0 has what is at most 1. */
  readonly buckets: Readonly<Record<string, number>>;
}

export const EMPTY_DIGEST: Digest = { count: 0, max: 0, buckets: {} };

/** What is below 0 counts as 0. */
export function withValue(digest: Digest, value: number): Digest {
  return merged([digest, digestOf([value])]);
}

export function digestOf(values: Iterable<number>): Digest {
  const buckets: Record<string, number> = {};
  let count = 0;
  let max = 0;
  for (const value of values) {
    const bucket = bucketOf(value);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    count += 1;
    max = Math.max(max, value);
  }
  return { count, max, buckets };
}

export function merged(digests: Iterable<Digest>): Digest {
  const buckets: Record<string, number> = {};
  let count = 0;
  let max = 0;
  for (const digest of digests) {
    count += digest.count;
    max = Math.max(max, digest.max);
    for (const [bucket, more] of Object.entries(digest.buckets)) buckets[bucket] = (buckets[bucket] ?? 0) + more;
  }
  return { count, max, buckets };
}

/** The smallest value that at least this share (0 to 1) of all do not exceed; null if there are none. */
export function quantile(digest: Digest, share: number): number | null {
  if (digest.count === 0) return null;
  let left = Math.max(1, Math.ceil(share * digest.count));
  // Keys that are whole numbers come in ascending order.
  for (const [bucket, count] of Object.entries(digest.buckets)) {
    left -= count;
    if (left <= 0) return Math.min(digest.max, middleOf(Number(bucket)));
  }
  return digest.max;
}

export const RELATIVE_ERROR = 0.01;
const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
/** The last has everything above it: from about 4.8 × 10⁸ on, in seconds more than 15 years. */
export const MOST_BUCKETS = 1001;

function bucketOf(value: number): number {
  if (value <= 1) return 0;
  return Math.min(MOST_BUCKETS - 1, Math.ceil(Math.log(value) / Math.log(GROWTH)));
}

/** As far, in proportion, from the lower bound as from the upper one. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 1 : (2 * GROWTH ** bucket) / (GROWTH + 1);
}
