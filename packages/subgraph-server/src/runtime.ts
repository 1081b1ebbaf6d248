import { IntakeUnavailableError, readInbox, type InboxReader, type OpenIntake } from '@takt/intake';
import { readConfig } from './config.ts';
import type { DomainOptions, DomainRuntime } from './domain.ts';
import type { Engines } from './engines.ts';
import { createHealth, type Health } from './health.ts';
import type { DoorAddress } from './intake-door.ts';
import { NO_NEIGHBOURS } from './neighbours.ts';
import { remoteOperations } from './operations-client.ts';
import { openSources } from './source-state.ts';
import type { Operations } from './operations.ts';
import { releaseAll } from './release-all.ts';
import { SharedWriter } from './shared-writer.ts';
import { startWriter, type WriterOptions } from './writer.ts';

/** A domain's engines at work, without its schema. */
export interface RunningRuntime {
  readonly runtime: DomainRuntime;
  readonly isShared: boolean;
  holder(): DoorAddress | undefined;
  /** Of the process that writes. Throws IntakeUnavailableError if that is not known. */
  operations(): Operations;
  readonly health: Health;
  /** Also closes the engines. */
  close(): Promise<void>;
}

export async function startRuntime(
  definition: WriterOptions['definition'],
  engines: Engines,
  options: DomainOptions,
): Promise<RunningRuntime> {
  const { store, leases, log, isShared } = engines;
  const {
    clock,
    directory,
    inboxDays,
    refresh = readConfig({}).refresh,
    backingSystems = [],
    neighbours = NO_NEIGHBOURS,
    door = { host: '127.0.0.1', port: 0 },
    time,
  } = options;
  const onFault = (fault: string) => process.stderr.write(`${definition.name}: ${fault}\n`);
  const settings = { inboxDays, refresh };
  const writing = { definition, store, log, clock, ...settings, backingSystems, neighbours, onFault };
  try {
    const sources = await openSources(store, clock);
    if (!isShared) {
      const writer = await startWriter(writing);
      return {
        runtime: { store, log, intake: writer.intake, clock, backingSystems, neighbours, sources, ...settings },
        isShared,
        holder: () => undefined,
        operations: () => writer.operations,
        health: createHealth(engines, () => writer.intake.unavailable()),
        close: () => releaseAll([() => writer.close(), () => engines.close()]),
      };
    }
    const writer = await SharedWriter.start({ ...writing, leases }, { ...door, directory }, time);
    const intake = intakeOf(writer, await readInbox(store));
    return {
      runtime: { store, log, intake, clock, backingSystems, neighbours, sources, ...settings },
      isShared,
      holder: () => writer.holder(),
      operations: () => operationsOf(writer),
      health: createHealth(engines, () => intake.unavailable()),
      close: () => releaseAll([() => writer.close(), () => engines.close()]),
    };
  } catch (error) {
    await engines.close();
    throw error;
  }
}

function operationsOf(writer: SharedWriter): Operations {
  const local = writer.local();
  if (local) return local.operations;
  const holder = writer.holder();
  if (!holder) throw new IntakeUnavailableError('No process writes for this domain at the moment.');
  return remoteOperations(holder);
}

/** The intake as each process has it: messages reach whoever writes, and the inbox is read where one is. */
function intakeOf(writer: SharedWriter, inbox: InboxReader): OpenIntake {
  const writing = (): OpenIntake => {
    const local = writer.local();
    if (!local) throw new IntakeUnavailableError('Another process writes for this domain.');
    return local.intake;
  };
  return {
    receive: (messages) => writer.intake.receive(messages),
    messages: (query) => inbox.messages(query),
    deadLetters: {
      list: (query) => inbox.messages(query),
      show: (key) => inbox.show(key),
      retry: async (key, handling) => writing().deadLetters.retry(key, handling),
      discard: async (key, handling) => writing().deadLetters.discard(key, handling),
    },
    unavailable() {
      const local = writer.local();
      if (local) return local.intake.unavailable();
      return writer.holder() ? undefined : 'No process writes for this domain at the moment.';
    },
    close: () => Promise.resolve(),
  };
}
