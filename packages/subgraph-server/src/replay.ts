import { CursorError, decodeCursor, PositionExpiredError, type EventLog } from '@takt/event-log';
import {
  countTypes,
  rebuild,
  rehearse,
  replay,
  type Difference,
  type LogConsumer,
  type LogRange,
  type RunningConsumer,
} from '@takt/log-consumer';
import type { AnyDomainDefinition, DomainRuntime } from './domain.ts';

/** What an operator asks for. Positions are numbers, or cursors as subscribers have them. */
export interface ReplayRequest {
  /** Feeds what comes behind this position; 0: from the beginning. Required unless `rebuild`. */
  readonly from?: string | undefined;
  /** The last that is fed; absent: what is the end of the log now. */
  readonly to?: string | undefined;
  /** Feeds events of this type alone. */
  readonly type?: string | undefined;
  /** Feeds this consumer alone. */
  readonly consumer?: string | undefined;
  /** Tells what would be fed and what would change, and writes nothing. */
  readonly dryRun: boolean;
  /** Empties what the consumers made and makes it again from the whole log. */
  readonly rebuild: boolean;
}

interface ReplayProgress {
  readonly consumer: string;
  /** Positions of the range that are done, of all of them. */
  readonly done: number;
  readonly all: number;
}

export interface ReplayReport {
  readonly after: number;
  readonly upTo: number;
  /** Events by type that are in the range and would be fed; only of a dry run. */
  readonly types?: Readonly<Record<string, number>>;
  readonly consumers: readonly ConsumerReport[];
  /** Consumers that are never fed again, and why. */
  readonly passedOver: readonly { readonly name: string; readonly reason: string }[];
}

interface ConsumerReport {
  readonly name: string;
  readonly events: number;
  /** The beginning of the log is no longer kept: what it did was taken from what is there now. */
  readonly isCaughtUp: boolean;
  /** What would change; only of a dry run. */
  readonly difference?: Difference;
}

/** What was asked for cannot be done as asked: says what to ask for instead. Nothing was changed. */
export class ReplayRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReplayRefusedError';
  }
}

export interface ReplayWatch {
  readonly onProgress: (progress: ReplayProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Feeds the log of a domain to its consumers again, one after the other; each is held meanwhile, and goes on from its
 * checkpoint afterwards. Throws {@link ReplayRefusedError}, and ConsumerHeldError if somebody does that already.
 */
export async function replayDomain(
  definition: Pick<AnyDomainDefinition, 'name' | 'aggregates' | 'consumers'>,
  runtime: DomainRuntime,
  running: readonly RunningConsumer[],
  request: ReplayRequest,
  watch: ReplayWatch,
): Promise<ReplayReport> {
  const { log } = runtime;
  const range = await rangeOf(request, log);
  const types = typesOf(request, definition);
  const { chosen, passedOver } = chooseConsumers(request, definition.name, running);
  const counted = request.dryRun ? await countedTypes(request, log, range, types, watch.signal) : undefined;
  const consumers: ConsumerReport[] = [];
  for (const one of chosen) {
    const { name } = one.consumer;
    const all = range.upTo - range.after;
    const onPosition = (position: number) =>
      watch.onProgress({ consumer: name, done: Math.min(position, range.upTo) - range.after, all });
    onPosition(range.after);
    const feed = async (signal: AbortSignal, consumer: LogConsumer, store = runtime.store): Promise<ConsumerReport> => {
      if (request.rebuild) return { name, ...(await rebuild({ store, log, consumer, onPosition, signal })) };
      return { name, events: await replay({ log, consumer, range, types, onPosition, signal }), isCaughtUp: false };
    };
    const work = async (signal: AbortSignal): Promise<ConsumerReport> => {
      if (!request.dryRun) return feed(signal, one.consumer);
      const { result, difference } = await rehearse({
        store: runtime.store,
        consumer: one.consumer,
        over: (store) => consumerOver({ ...runtime, store }, definition, name),
        startsFrom: request.rebuild ? 'NOTHING' : 'WHAT_IS_THERE',
        signal,
        act: ({ store, consumer }) => feed(signal, consumer, store),
      });
      return { ...result, difference };
    };
    consumers.push(await one.hold(work, watch.signal));
  }
  return { ...range, ...(counted && { types: counted }), consumers, passedOver };
}

async function rangeOf({ from, to, rebuild, type }: ReplayRequest, log: EventLog): Promise<LogRange> {
  if (rebuild) {
    if (to !== undefined || type !== undefined || (from ?? '0') !== '0') {
      throw new ReplayRefusedError('A rebuild takes the whole log: leave --from, --to and --type out.');
    }
    return { after: 0, upTo: await log.head() };
  }
  if (from === undefined) {
    throw new ReplayRefusedError('Say where to start: --from 0 for the beginning, or a position or a cursor.');
  }
  const after = await positionOf('--from', from, log);
  const upTo = to === undefined ? await log.head() : await positionOf('--to', to, log);
  if (upTo < after) throw new ReplayRefusedError(`--to ${upTo} comes before --from ${after}: exchange them.`);
  try {
    if (after < upTo) await log.read(after, 1);
  } catch (error) {
    if (!(error instanceof PositionExpiredError)) throw error;
    throw new ReplayRefusedError(
      `The log no longer keeps what came before position ${error.oldest}. Give --from ${error.oldest - 1} or a later one, or --rebuild.`,
    );
  }
  return { after, upTo };
}

async function positionOf(option: string, text: string, log: EventLog): Promise<number> {
  const head = await log.head();
  if (/^\d{1,15}$/.test(text)) {
    if (Number(text) <= head) return Number(text);
    throw new ReplayRefusedError(`${option} ${text} is beyond the end of the log, which is at ${head}.`);
  }
  try {
    return await decodeCursor(text, log);
  } catch (error) {
    if (!(error instanceof CursorError)) throw error;
    throw new ReplayRefusedError(`${option}: ${error.message} Or give a position from 0 to ${head}.`);
  }
}

function typesOf(
  { type }: ReplayRequest,
  { name, aggregates }: Pick<AnyDomainDefinition, 'name' | 'aggregates'>,
): ReadonlySet<string> | undefined {
  if (type === undefined) return undefined;
  const known = aggregates.flatMap(({ events }) => Object.keys(events)).sort();
  if (known.includes(type)) return new Set([type]);
  throw new ReplayRefusedError(`${name} has no events of type ${shown(type)}. There are ${known.join(', ')}.`);
}

/** Those that may be fed again, of those that were asked for. */
function chooseConsumers({ consumer: wanted }: ReplayRequest, domain: string, running: readonly RunningConsumer[]) {
  if (running.length === 0)
    throw new ReplayRefusedError(`Nothing follows the log of ${domain}: there is nothing to feed.`);
  const names = running.map(({ consumer }) => consumer.name).join(', ');
  const asked = running.filter(({ consumer }) => wanted === undefined || consumer.name === wanted);
  if (asked.length === 0) {
    throw new ReplayRefusedError(`No consumer of ${domain} is called ${shown(wanted ?? '')}. There are ${names}.`);
  }
  const passedOver = asked.flatMap(({ consumer: { name, replay: rule } }) => {
    if (rule && 'collections' in rule) return [];
    return [{ name, reason: rule?.refused ?? 'It does not say that it may.' }];
  });
  const chosen = asked.filter(({ consumer }) => !passedOver.some(({ name }) => name === consumer.name));
  if (chosen.length === 0) {
    const reasons = passedOver.map(({ name, reason }) => `${name} is never fed again: ${reason}`);
    throw new ReplayRefusedError(reasons.join(' '));
  }
  return { chosen, passedOver };
}

async function countedTypes(
  { rebuild }: ReplayRequest,
  log: EventLog,
  range: LogRange,
  types: ReadonlySet<string> | undefined,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const kept = rebuild ? { ...range, after: await oldestKept(log, range) } : range;
  const counts = await countTypes(log, kept, signal);
  return Object.fromEntries([...counts].filter(([type]) => types?.has(type) ?? true).sort());
}

/** The position before the oldest event that the log keeps. */
async function oldestKept(log: EventLog, { after }: LogRange): Promise<number> {
  try {
    await log.read(after, 1);
    return after;
  } catch (error) {
    if (error instanceof PositionExpiredError) return error.oldest - 1;
    throw error;
  }
}

async function consumerOver(
  runtime: DomainRuntime,
  { consumers }: Pick<AnyDomainDefinition, 'consumers'>,
  name: string,
): Promise<LogConsumer> {
  const found = (await consumers?.(runtime))?.find((consumer) => consumer.name === name);
  if (!found) throw new Error(`The domain no longer has the consumer ${name}.`);
  return found;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
