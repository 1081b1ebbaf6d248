import { join } from 'node:path';
import type { Clock, InboundMessage, Outcome } from '@takt/intake';
import { knock, openRuntime, type Config } from '@takt/subgraph-server';
import { DOMAINS } from './domains.ts';
import { offer } from './offer.ts';

/** Messages offered to an intake at once. */
const BATCH = 500;

/**
 * Brings messages into their domains, domain by domain and in order: through the process that has the domain open, or,
 * if none has, by opening it. `onOutcome` hears how each ended.
 */
export async function deliver(
  messages: readonly { readonly domain: string; readonly message: InboundMessage }[],
  options: Pick<Config, 'dataDir' | 'mongodbUri' | 'natsUrl' | 'namespace' | 'inboxDays' | 'door'> & {
    readonly clock: Clock;
  },
  onOutcome: (message: InboundMessage, outcome: Outcome) => void,
): Promise<void> {
  for (const definition of DOMAINS) {
    const own = messages.filter(({ domain }) => domain === definition.name).map(({ message }) => message);
    if (own.length === 0) continue;
    const directory = join(options.dataDir, definition.name);
    const running = await knock(directory);
    // The port that is configured is that of a domain's own process, which may be running elsewhere.
    const door = { ...options.door, port: 0 };
    const opened = running ? undefined : await openRuntime(definition, { ...options, directory, door });
    const intake = running ?? opened?.runtime.intake;
    try {
      for (let start = 0; intake && start < own.length; start += BATCH) {
        const batch = own.slice(start, start + BATCH);
        const outcomes = await offer(intake, batch);
        batch.forEach((message, index) => onOutcome(message, outcomes[index] as Outcome));
      }
    } finally {
      await opened?.close();
    }
  }
}
