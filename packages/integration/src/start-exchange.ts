import type { Receiver } from '@takt/backing-system';
import { pause as realPause } from '@takt/resilience';
import { Acceptor } from './accept.ts';
import { ArrivingDocuments } from './arriving.ts';
import { Backlog } from './backlog.ts';
import { openCheckpoints } from './checkpoints.ts';
import { Ends } from './ends.ts';
import type { Exchange, ExchangeOptions, InstanceStatus } from './exchange.ts';
import { messageHandler } from './handling.ts';
import { InstanceHealth } from './instance-health.ts';
import { Journal } from './journal.ts';
import { runPipeline } from './pipeline.ts';
import { RawStore } from './raw.ts';
import { recordCommand } from './record-command.ts';
import { ResultStore } from './results.ts';
import { removeOld } from './retention.ts';
import { supervise } from './supervise.ts';
import type { Patience } from './until-done.ts';

/**
 * Takes up what an earlier process left without an end, and starts every receiver. Rejects if the store is not available;
 * a system that is not makes no difference. Throws RangeError if two systems have one name or `keepDays` is less than 1.
 */
export async function startExchange(options: ExchangeOptions): Promise<Exchange> {
  const { store, systems, clock, keepDays, onFault, pause = realPause, onHealth = () => undefined } = options;
  if (!(keepDays >= 1)) throw new RangeError(`keepDays must be at least 1, not ${keepDays}.`);
  if (new Set(systems.map(({ system }) => system)).size < systems.length) {
    throw new RangeError('Each system needs a name of its own.');
  }
  const closing = new AbortController();
  const patience: Patience = { signal: closing.signal, pause, onFault };
  const journal = await Journal.open(store);
  const raw = await RawStore.open(store);
  const results = await ResultStore.open(store);
  const arriving = await ArrivingDocuments.open(store, raw);
  const ends = new Ends(journal, results);
  await arriving.removeOrphans(journal);

  const receiving: Receiving[] = [];
  for (const system of systems) {
    const { receiver } = system;
    if (!receiver) continue;
    const backlog = new Backlog(system.system);
    for await (const { id, document } of journal.received(system.system)) {
      backlog.add({ id, message: document, isRedo: true });
    }
    const health = await InstanceHealth.open(store, { system: system.system, clock, onHealth, onFault });
    const acceptor = new Acceptor({ system, journal, raw, arriving, backlog, ends, clock, closing: closing.signal });
    const checkpoints = await openCheckpoints(store, system.system, clock, () => acceptor.settled());
    receiving.push({ system, receiver, backlog, health, acceptor, checkpoints });
  }

  const { intake, crossReferences, noun = () => undefined } = options;
  const running = receiving.flatMap(({ system, receiver, backlog, health, acceptor, checkpoints }) => [
    runPipeline({
      system,
      receiver,
      backlog,
      ends,
      journal,
      raw,
      results,
      intake,
      noun,
      crossReferences,
      clock,
      patience,
    }),
    supervise({ system, receiver, acceptor, checkpoints, health, clock, pause }, closing.signal),
  ]);
  running.push(keepTidy({ journal, raw, results, clock, keepDays }, patience));

  const bySystem = new Map(receiving.map((each) => [each.system.system, each]));
  return {
    instances: () => receiving.map(statusOf),
    ...messageHandler({
      journal,
      ends,
      clock,
      closing: closing.signal,
      backlog: (system) => bySystem.get(system)?.backlog,
    }),
    record: (command) => recordCommand(journal, raw, command),
    async close() {
      closing.abort(new Error('The exchange closes.'));
      await Promise.all(running);
      await Promise.all(receiving.map(({ acceptor }) => acceptor.settled().catch(() => undefined)));
      await Promise.all(receiving.map(({ health }) => health.close()));
    },
  };
}

interface Receiving {
  readonly system: ExchangeOptions['systems'][number];
  readonly receiver: Receiver;
  readonly backlog: Backlog;
  readonly health: InstanceHealth;
  readonly acceptor: Acceptor;
  readonly checkpoints: Awaited<ReturnType<typeof openCheckpoints>>;
}

function statusOf({ system, backlog, health, acceptor }: Receiving): InstanceStatus {
  return {
    system: system.system,
    health: health.health,
    waiting: backlog.length,
    lastReceivedAt: acceptor.lastReceivedAt,
    lastObservation: health.lastObservation,
  };
}

/** Removes what is old, at the start and every so often. */
async function keepTidy(retention: Parameters<typeof removeOld>[0], { signal, onFault }: Patience): Promise<void> {
  while (!signal.aborted) {
    try {
      await removeOld(retention, signal);
    } catch (fault) {
      if (!signal.aborted) onFault(fault);
    }
    await realPause(ROUND_MS, signal).catch(() => undefined);
  }
}

const ROUND_MS = 10 * 60_000;
