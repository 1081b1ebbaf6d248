import { parseArgs } from 'node:util';
import { readConfig, type Operations, type ReplayReport, type ReplayRequest } from '@takt/subgraph-server';
import { domainNamed, operate } from './operations.ts';
import { progressBar, type ProgressBar } from './progress.ts';
import { formatReplay } from './replay-report.ts';
import { THIS_TERMINAL } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const USAGE = `Usage: npm run takt -- replay --domain D --from POSITION [--to POSITION] [--type T] [--consumer NAME] [--dry-run]
       npm run takt -- replay --domain D --rebuild [--consumer NAME] [--dry-run]

Feeds the events of a domain to what follows its log again: those behind --from, up to and with --to.
A POSITION is a number (0: the beginning) or a cursor as subscribers have it.
--rebuild empties what the consumer made and makes it again from the whole log.
--dry-run tells what would be fed and which documents would change, and writes nothing.
`;

/** Feeds the log of a domain through its consumers again. Answers the exit code. */
export async function replayCommand(args: readonly string[], terminal = THIS_TERMINAL): Promise<number> {
  const { env, out, err } = terminal;
  const stopped = new AbortController();
  const interrupt = () => stopped.abort(new Error('Interrupted.'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const { domain, request } = readArguments(args);
    const report = await operate(domainNamed(domain), readConfig(env), (operations) =>
      watched(operations, request, stopped.signal, (label) => progressBar(label, err)),
    );
    out.write(formatReplay(domain, request, report));
    return 0;
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
    err.write(
      'Interrupted. What was fed stays, and a rebuild is finished by the Takt that has the domain open next.\n',
    );
    return 1;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

async function watched(
  operations: Operations,
  request: ReplayRequest,
  signal: AbortSignal,
  barOf: (label: string) => ProgressBar,
): Promise<ReplayReport> {
  let shown: { readonly consumer: string; readonly bar: ProgressBar } | undefined;
  try {
    return await operations.replay(request, {
      signal,
      onProgress: ({ consumer, done, all }) => {
        if (shown?.consumer !== consumer) {
          shown?.bar.stop();
          shown = { consumer, bar: barOf(consumer) };
        }
        shown.bar.at(done, all);
      },
    });
  } finally {
    shown?.bar.stop();
  }
}

function readArguments(args: readonly string[]): { domain: string; request: ReplayRequest } {
  const values = parsed(args);
  if (values.domain === undefined) throw new UsageError(USAGE);
  const { from, to, type, consumer, 'dry-run': dryRun = false, rebuild = false } = values;
  return { domain: values.domain, request: { from, to, type, consumer, dryRun, rebuild } };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        domain: { type: 'string' },
        from: { type: 'string' },
        to: { type: 'string' },
        type: { type: 'string' },
        consumer: { type: 'string' },
        'dry-run': { type: 'boolean' },
        rebuild: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
