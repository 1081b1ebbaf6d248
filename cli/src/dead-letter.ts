import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import type { Outcome } from '@takt/intake';
import { readConfig, type Operations } from '@takt/subgraph-server';
import { formatLetter, formatTable, shortKey, type FoundLetter } from './dead-letter-table.ts';
import { DOMAINS } from './domains.ts';
import { domainNamed, operate } from './operations.ts';
import { THIS_TERMINAL, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const USAGE = `Usage: npm run takt -- deadletter list [--domain D] [--discarded] [--first N] [--json]
       npm run takt -- deadletter show KEY [--domain D] [--json]
       npm run takt -- deadletter retry KEY... --reason WHY [--by WHO] [--domain D] [--json]
       npm run takt -- deadletter discard KEY... --reason WHY [--by WHO] [--domain D] [--json]

A KEY is what list prints, or the whole one ("<source> <id>"). WHO is you unless given.
`;

/** Lets an operator see to messages that ended as dead letters. Answers the exit code. */
export async function deadLetterCommand(args: readonly string[], terminal = THIS_TERMINAL): Promise<number> {
  const { action, keys, options } = readArguments(args);
  const config = readConfig(terminal.env);
  const domains = options.domain === undefined ? DOMAINS : [domainNamed(options.domain)];
  if (action === 'list') {
    const status = options.discarded ? 'DISCARDED' : 'DEAD_LETTERED';
    const found: FoundLetter[] = [];
    for (const domain of domains) {
      const wanted = options.first + 1 - found.length;
      if (wanted === 0) break;
      await operate(domain, config, async ({ deadLetters }) => {
        for await (const letter of letters(domain.name, deadLetters, status)) {
          if (found.push(letter) > options.first) break;
        }
      });
    }
    writeList(found, options, terminal);
    return 0;
  }
  const missing = new Set(keys);
  let isFine = true;
  for (const domain of domains) {
    if (missing.size === 0) break;
    await operate(domain, config, async ({ deadLetters }) => {
      for (const key of [...missing]) {
        const letter = await find(domain.name, deadLetters, key);
        if (!letter) continue;
        missing.delete(key);
        if (action === 'show') writeLetter(letter, options, terminal);
        else isFine = (await handle(action, letter, deadLetters, options, terminal)) && isFine;
      }
    });
  }
  for (const key of missing) terminal.err.write(`There is no dead letter ${JSON.stringify(key.slice(0, 200))}.\n`);
  return isFine && missing.size === 0 ? 0 : 1;
}

type DeadLetters = Operations['deadLetters'];

async function handle(
  action: 'retry' | 'discard',
  { key }: FoundLetter,
  deadLetters: DeadLetters,
  { by, reason, json }: Options,
  { out }: Terminal,
): Promise<boolean> {
  if (action === 'discard') {
    await deadLetters.discard(key, { by, reason });
    out.write(json ? `${JSON.stringify({ key, status: 'DISCARDED' })}\n` : `${shortKey(key)} is discarded.\n`);
    return true;
  }
  const outcome = await deadLetters.retry(key, { by, reason });
  out.write(json ? `${JSON.stringify({ key, ...outcome })}\n` : `${shortKey(key)} ${endOf(outcome)}\n`);
  return outcome.status === 'APPLIED' || outcome.status === 'DUPLICATE';
}

function endOf(outcome: Outcome): string {
  const why = 'refusal' in outcome ? `: ${outcome.refusal.code}: ${outcome.refusal.reason}` : '';
  return `is ${outcome.status}${why}`;
}

async function* letters(
  domain: string,
  deadLetters: DeadLetters,
  status: 'DEAD_LETTERED' | 'DISCARDED',
): AsyncGenerator<FoundLetter, void, undefined> {
  for (let after: Parameters<DeadLetters['list']>[0]['after']; ;) {
    const page = await deadLetters.list({ status, first: PAGE, ...(after && { after }) });
    for (const { id, document } of page.entries) yield { domain, key: id, entry: document };
    after = page.entries.at(-1)?.key;
    if (!page.hasNextPage || !after) return;
  }
}

/** By its whole key or by its short one. Throws {@link UsageError} if the short one is that of several. */
async function find(domain: string, deadLetters: DeadLetters, key: string): Promise<FoundLetter | undefined> {
  const entry = await deadLetters.show(key);
  if (entry && isDeadLetter(entry)) return { domain, key, entry };
  const found: FoundLetter[] = [];
  for (const status of ['DEAD_LETTERED', 'DISCARDED'] as const) {
    for await (const letter of letters(domain, deadLetters, status)) {
      if (shortKey(letter.key) === key) found.push(letter);
    }
  }
  if (found.length > 1) {
    throw new UsageError(
      `${key} is short for several: ${found.map((letter) => JSON.stringify(letter.key)).join(', ')}.`,
    );
  }
  return found[0];
}

/** Also one that was retried since: what was done about it stays with it. */
function isDeadLetter({ status, handling }: FoundLetter['entry']): boolean {
  return status === 'DEAD_LETTERED' || status === 'DISCARDED' || handling !== undefined;
}

function writeList(found: readonly FoundLetter[], { first, json }: Options, { out, err }: Terminal): void {
  const shown = found.slice(0, first);
  if (json) {
    for (const letter of shown) out.write(`${asJson(letter)}\n`);
  } else {
    out.write(shown.length === 0 ? 'There are none.\n' : formatTable(shown, out.columns ?? WIDTH));
  }
  if (found.length > first)
    err.write(`There are more than ${first}: ask for them with --first N, or for one domain.\n`);
}

function writeLetter(letter: FoundLetter, { json }: Options, { out }: Terminal): void {
  out.write(json ? `${asJson(letter)}\n` : formatLetter(letter));
}

function asJson({ domain, key, entry }: FoundLetter): string {
  return JSON.stringify({ domain, key, short: shortKey(key), ...entry });
}

type Action = 'list' | 'show' | 'retry' | 'discard';

interface Options {
  readonly domain: string | undefined;
  readonly by: string;
  readonly reason: string;
  readonly first: number;
  readonly discarded: boolean;
  readonly json: boolean;
}

function readArguments(args: readonly string[]): { action: Action; keys: string[]; options: Options } {
  const { positionals, values } = parsed(args);
  const [action, ...keys] = positionals;
  if (action !== 'list' && action !== 'show' && action !== 'retry' && action !== 'discard') throw new UsageError(USAGE);
  if ((action === 'list') !== (keys.length === 0)) throw new UsageError(USAGE);
  const { domain, by = userInfo().username, reason = '', first = '100', discarded = false, json = false } = values;
  if ((action === 'retry' || action === 'discard') && reason.trim() === '') {
    throw new UsageError('Say why: --reason "...". It is kept with the message.');
  }
  if (!/^[1-9]\d{0,5}$/.test(first)) throw new UsageError('--first takes a number from 1 to 999999.');
  return { action, keys, options: { domain, by, reason, first: Number(first), discarded, json } };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        domain: { type: 'string' },
        by: { type: 'string' },
        reason: { type: 'string' },
        first: { type: 'string' },
        discarded: { type: 'boolean' },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

const PAGE = 100;
/** Of what is no terminal. */
const WIDTH = 160;
