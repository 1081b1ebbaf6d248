import type { OpenIntake } from '@takt/intake';
import { readMessages } from '@takt/intake';
import type { DomainOptions, DomainRuntime } from './domain.ts';
import type { Engines } from './engines.ts';
import { createHealth, type Health } from './health.ts';
import type { DoorAddress } from './intake-door.ts';
import { remoteOperations } from './operations-client.ts';
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
  const { store, log, isShared } = engines;
  const { clock, directory, door = { host: '127.0.0.1', port: 0 } } = options;
  const onFault = (fault: string) => process.stderr.write(`${definition.name}: ${fault}\n`);
  const writing = { definition, store, log, clock, onFault };
  try {
    if (!isShared) {
      const writer = await startWriter(writing);
      return {
        runtime: { store, log, intake: writer.intake, clock },
        isShared,
        holder: () => undefined,
        operations: () => writer.operations,
        health: createHealth(engines, () => undefined),
        close: () => releaseAll([() => writer.close(), () => engines.close()]),
      };
    }
    const writer = await SharedWriter.start(writing, { ...door, directory });
    const intake: OpenIntake = {
      receive: (messages) => writer.intake.receive(messages),
      messages: (query) => readMessages(store, query),
      close: () => Promise.resolve(),
    };
    return {
      runtime: { store, log, intake, clock },
      isShared,
      holder: () => writer.holder(),
      operations: () => operationsOf(writer),
      health: createHealth(engines, () => (writer.holder() ? undefined : 'No process writes for this domain.')),
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
