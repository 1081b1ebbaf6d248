/** The value below which the share (0 to 1) of all values lies, by the nearest rank; NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** What one contender did in one round. */
export interface Sample {
  readonly operations: number;
  readonly elapsedMs: number;
  /** Processor time, user and system, of the process that did the work. */
  readonly cpuMs: number;
  /** How long each operation took. */
  readonly latenciesMs: readonly number[];
}

/** Medians over rounds. */
export interface Summary {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly cpuMsPerOperation: number;
}

export function summary(samples: readonly Sample[]): Summary {
  const over = (figure: (sample: Sample) => number) => median(samples.map(figure));
  return {
    perSecond: over(({ operations, elapsedMs }) => (operations / elapsedMs) * 1000),
    p50Ms: over(({ latenciesMs }) => quantile(latenciesMs, 0.5)),
    p95Ms: over(({ latenciesMs }) => quantile(latenciesMs, 0.95)),
    p99Ms: over(({ latenciesMs }) => quantile(latenciesMs, 0.99)),
    cpuMsPerOperation: over(({ cpuMs, operations }) => cpuMs / operations),
  };
}

/**
 * Lets the contenders take turns, so that what else the machine does meets all of them alike: each warms up once, then
 * one after the other in every round, starting with another one each time.
 */
export async function interleaved<Of>(
  contenders: ReadonlyMap<string, (warmUp: boolean) => Promise<Of>>,
  rounds: number,
): Promise<Map<string, Of[]>> {
  const all = [...contenders];
  const results = new Map<string, Of[]>(all.map(([name]) => [name, []]));
  for (const [, measure] of all) await measure(true);
  for (let round = 0; round < rounds; round++) {
    const first = round % all.length;
    for (const [name, measure] of [...all.slice(first), ...all.slice(0, first)]) {
      results.get(name)?.push(await measure(false));
    }
  }
  return results;
}

/** Repeats an operation, `atOnce` times in parallel, for so many seconds; the processor time is this process's. */
export async function repeated(
  operation: () => Promise<unknown>,
  { seconds, atOnce = 1, cpuMs = ownCpuMs }: RepeatOptions,
): Promise<Sample> {
  const latenciesMs: number[] = [];
  const cpuBefore = await cpuMs();
  const start = performance.now();
  const end = start + seconds * 1000;
  const worker = async () => {
    for (let begun = performance.now(); begun < end;) {
      await operation();
      const done = performance.now();
      latenciesMs.push(done - begun);
      begun = done;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const elapsedMs = performance.now() - start;
  return { operations: latenciesMs.length, elapsedMs, cpuMs: (await cpuMs()) - cpuBefore, latenciesMs };
}

export interface RepeatOptions {
  readonly seconds: number;
  readonly atOnce?: number;
  /** Processor time so far of the process that does the work. Default: this one. */
  readonly cpuMs?: () => number | Promise<number>;
}

/** Processor time of this process so far, user and system. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
