import { startConsumer, type RunningConsumer } from '@takt/log-consumer';
import { releaseAll, type AnyDomainDefinition, type DomainRuntime } from './domain.ts';

/** What follows the log of a domain, running. */
export interface DomainConsumers {
  readonly running: readonly RunningConsumer[];
  close(): Promise<void>;
}

/** Starts what follows the log of a domain; one process at a time may. */
export async function startConsumers(
  { name, consumers }: Pick<AnyDomainDefinition, 'name' | 'consumers'>,
  runtime: DomainRuntime,
): Promise<DomainConsumers> {
  const running: RunningConsumer[] = [];
  const close = () => releaseAll(running.map((consumer) => () => consumer.close()));
  try {
    for (const consumer of (await consumers?.(runtime)) ?? []) {
      const onFault = (error: unknown) =>
        process.stderr.write(`${name}: ${consumer.name} is behind the log: ${String(error)}\n`);
      running.push(await startConsumer({ ...runtime, consumer, onFault }));
    }
    return { running, close };
  } catch (error) {
    await close();
    throw error;
  }
}
