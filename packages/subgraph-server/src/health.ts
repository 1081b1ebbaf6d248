import type { DocumentStore } from '@takt/document-store';
import type { EventLog } from '@takt/event-log';

/** Reasons why a domain could not answer or take everything now; none if it could. */
export type Health = () => Promise<readonly string[]>;

/**
 * Asks store and log, which must answer sooner than those who ask for health lose patience. However often it is asked,
 * one check runs at a time, and its answer holds for a second.
 */
export function createHealth(
  { store, log }: { readonly store: Pick<DocumentStore, 'check'>; readonly log: Pick<EventLog, 'check'> },
  problem: () => string | undefined,
  now: () => number = () => performance.now(),
): Health {
  let checked: { readonly until: number; readonly reasons: readonly string[] } | undefined;
  let running: Promise<readonly string[]> | undefined;
  const check = async () => {
    const [storeProblem, logProblem] = await Promise.all([
      failure(store, 'The document store'),
      failure(log, 'The event log'),
    ]);
    const reasons = [storeProblem, logProblem, problem()].filter((reason) => reason !== undefined);
    checked = { until: now() + HOLDS_MS, reasons };
    return reasons;
  };
  return () => {
    if (checked && now() < checked.until) return Promise.resolve(checked.reasons);
    return (running ??= check().finally(() => (running = undefined)));
  };
}

const HOLDS_MS = 1_000;
/** Gateways give up after two seconds. */
const PATIENCE_MS = 1_500;

async function failure(engine: { check(): Promise<void> }, name: string): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, `${name} does not answer.`);
  });
  const checked = engine.check().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return Promise.race([checked, late]).finally(() => clearTimeout(timer));
}
