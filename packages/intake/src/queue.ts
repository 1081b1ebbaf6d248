import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailableError } from '@takt/document-store';
import type { DocumentStore, Page } from '@takt/document-store';
import { applyMessages, isUnavailable, MAX_FAILURES } from './apply.ts';
import type { Applier } from './apply.ts';
import { DeadLetterError, handlingOf } from './dead-letters.ts';
import type { DeadLetters } from './dead-letters.ts';
import { rawText, sameContent } from './inbox.ts';
import type { Handling, InboxEntry, InboxQuery, Kept } from './inbox.ts';
import { IntakeBusyError, IntakeUnavailableError } from './intake-port.ts';
import type { InboundMessage, Outcome } from './intake-port.ts';
import type { IntakeLimits, OpenIntake } from './intake.ts';
import type { Relay } from './relay.ts';
import type { Retention } from './retention.ts';

export interface QueueParts {
  readonly applier: Applier;
  readonly store: Pick<DocumentStore, 'check'>;
  readonly relay: Relay;
  readonly retention: Retention;
  readonly limits: IntakeLimits;
  /** Hears when, for now, messages that nobody waits for cannot be brought to their end, or old ones not be removed. */
  readonly onFault: (fault: unknown) => void;
}

/** Takes messages of all callers in turn, in batches that share their commits, and dead letters that are retried. */
export class Queue implements OpenIntake {
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #working: Promise<void> | undefined;
  readonly #closing = new AbortController();
  #probing: Promise<void> | undefined;
  #lookingAgain: NodeJS.Timeout | undefined;
  /** The last batch failed half way: messages without an end are older than what waits. */
  #interrupted = false;

  readonly deadLetters: DeadLetters = {
    list: (query) => this.applier.inbox.messages(query),
    show: async (key) => (await this.applier.inbox.find(key))?.entry,
    retry: async (key, input) => {
      const handling = handlingOf('RETRIED', input, this.applier.clock());
      const [outcome] = await this.#wait([{ bytes: 0, retry: { key, handling } }]);
      return outcome as Outcome;
    },
    discard: async (key, input) => {
      const handling = handlingOf('DISCARDED', input, this.applier.clock());
      this.applier.availability.assertWriter();
      await this.applier.inbox.handle(key, handling);
    },
  };

  private readonly applier: Applier;
  private readonly limits: IntakeLimits;

  constructor(private readonly parts: QueueParts) {
    ({ applier: this.applier, limits: this.limits } = parts);
  }

  async receive(messages: readonly InboundMessage[]): Promise<Outcome[]> {
    const before = this.#waiting.length;
    const { maxWaitingMessages, maxWaitingBytes } = this.limits;
    if (before > 0 && before + messages.length > maxWaitingMessages) throw new IntakeBusyError(before);
    const texts = messages.map((message) => {
      const raw = rawText(message);
      return { raw, bytes: Buffer.byteLength(raw) };
    });
    if (before > 0 && this.#waitingBytes + sum(texts) > maxWaitingBytes) throw new IntakeBusyError(before);
    return this.#wait(texts);
  }

  unavailable(): string | undefined {
    return this.applier.availability.reason();
  }

  messages(query: InboxQuery): Promise<Page<InboxEntry>> {
    return this.applier.inbox.messages(query);
  }

  /** Looks once more, after a while, for messages without an end that came in from elsewhere. */
  lookAgain(): void {
    this.#lookingAgain = setTimeout(() => {
      this.#interrupted = true;
      this.#working ??= this.#work();
    }, this.limits.inboxLookMs).unref();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#lookingAgain);
    await this.#probing;
    await this.#working;
    await this.parts.relay.close();
  }

  /**
   * Brings to its end what has none, and tries again as often as it takes to dead-letter what fails on its own. Throws
   * when nothing came to its end any more.
   */
  async recover(): Promise<void> {
    for (let failures = 0, ended = 0; ;) {
      try {
        const unfinished = await this.applier.inbox.unfinished(this.limits.batchMessages);
        if (unfinished.length === 0) return;
        await applyMessages(this.applier, unfinished);
      } catch (fault) {
        failures = this.applier.ended === ended ? failures + 1 : 1;
        ({ ended } = this.applier);
        if (isUnavailable(fault) || failures === MAX_FAILURES) throw fault;
        await this.#pause(this.limits.retryMs * 2 ** failures);
        if (this.#closing.signal.aborted) throw fault;
      }
    }
  }

  async #wait(tasks: readonly Task[]): Promise<Outcome[]> {
    if (this.#closing.signal.aborted) throw new Error('The intake is closed.');
    this.applier.availability.assertAvailable();
    this.#waitingBytes += sum(tasks);
    const outcomes = tasks.map(
      (task) => new Promise<Outcome>((resolve, reject) => this.#waiting.push({ ...task, resolve, reject })),
    );
    this.#working ??= this.#work();
    return Promise.all(outcomes);
  }

  /** Works until nothing waits; first, also if nothing does, on what was interrupted. */
  async #work(): Promise<void> {
    await Promise.resolve();
    const { availability } = this.applier;
    do {
      const turn = this.#nextTurn();
      try {
        availability.assertAvailable();
        if (this.#interrupted) await this.recover();
        this.#interrupted = false;
        const answers = await this.#take(turn);
        turn.forEach(({ resolve, reject }, index) => {
          const answer = answers[index] ?? { fault: new Error('The message has no outcome.') };
          if ('fault' in answer) reject(this.#told(answer.fault));
          else resolve(answer);
        });
        if (turn.length > 0 && availability.isWriter()) await this.parts.retention.sweep().catch(this.parts.onFault);
      } catch (fault) {
        this.#interrupted = true;
        if (turn.length === 0 && !isUnavailable(fault)) this.parts.onFault(fault);
        const told = this.#told(fault);
        for (const { reject } of turn) reject(told);
      }
    } while (this.#waiting.length > 0);
    this.#working = undefined;
    if (this.#interrupted && availability.isWriter()) this.#probing ??= this.#probe();
  }

  /** The retry that is first, or as many messages as share a batch. */
  #nextTurn(): Waiting[] {
    const retry = this.#waiting.slice(0, this.limits.batchMessages).findIndex((one) => 'retry' in one);
    const turn = this.#waiting.splice(0, retry === -1 ? this.limits.batchMessages : Math.max(1, retry));
    this.#waitingBytes -= sum(turn);
    return turn;
  }

  async #take(turn: readonly Task[]): Promise<(Outcome | Unkept | undefined)[]> {
    const [first] = turn;
    if (first && 'retry' in first) return [await this.#retry(first.retry)];
    return this.#process(turn.flatMap((task) => ('raw' in task ? [task.raw] : [])));
  }

  /** From being taken up again on, a dead letter is a message without an end like any other. */
  async #retry({ key, handling }: Retry): Promise<Outcome | Unkept | undefined> {
    const { inbox, availability } = this.applier;
    availability.assertWriter();
    try {
      const kept = await inbox.handle(key, handling);
      const outdated = inbox.fault(kept.entry);
      if (outdated) return (await inbox.record([{ kept, outcome: outdated }]))[0]?.outcome;
      return (await applyMessages(this.applier, [kept])).get(key);
    } catch (fault) {
      if (!(fault instanceof DeadLetterError)) throw fault;
      return { fault };
    }
  }

  /** What a caller hears of a fault. */
  #told(fault: unknown): unknown {
    const { availability } = this.applier;
    if (!(fault instanceof StoreUnavailableError)) return fault;
    availability.storeFailed(fault);
    this.#probing ??= this.#probe();
    return new IntakeUnavailableError(availability.reason() ?? fault.message);
  }

  /** Works again after a while; while the store is not available, asks it now and then, until it is again. */
  async #probe(): Promise<void> {
    const { availability } = this.applier;
    const { signal } = this.#closing;
    do {
      await this.#pause(this.limits.storeProbeMs);
      if (signal.aborted) return;
      if (!availability.isStoreDown) break;
      await this.parts.store.check().then(
        () => {
          availability.storeWorks();
          this.parts.relay.look();
        },
        (fault: unknown) => {
          if (fault instanceof Error) availability.storeFailed(fault);
        },
      );
    } while (availability.isStoreDown && availability.isWriter());
    this.#probing = undefined;
    this.#working ??= this.#work();
  }

  /** Ends early when it is closed. */
  async #pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }

  async #process(raws: readonly string[]): Promise<(Outcome | Unkept | undefined)[]> {
    if (raws.length === 0) return [];
    const { inbox } = this.applier;
    const candidates = raws.map((raw) => inbox.entryFor(raw));
    const firsts = new Map<string, (typeof candidates)[number]>();
    for (const candidate of candidates) if (!firsts.has(candidate.key)) firsts.set(candidate.key, candidate);
    const keeping = await inbox.keep([...firsts.values()]);
    const kept = new Map(keeping.kept.map((one) => [one.key, one]));
    // Nobody knows whether these were stored: the next batch comes after what became of them.
    if (keeping.faults.size > 0) this.#interrupted = true;

    const unfinished = [...kept.values()].filter(({ entry }) => entry.status === 'RECEIVED');
    const outcomes = await applyMessages(this.applier, unfinished.sort(byArrival));

    return Promise.all(
      candidates.map(async (candidate): Promise<Outcome | Unkept | undefined> => {
        if (keeping.faults.has(candidate.key)) return { fault: keeping.faults.get(candidate.key) };
        const first = kept.get(candidate.key)?.entry;
        const outcome = first?.outcome ?? outcomes.get(candidate.key);
        if (!first || !outcome || isSameArrival(first, candidate.entry)) return outcome;
        if (!sameContent(first.raw, candidate.entry.raw)) return inbox.keepReused(candidate, first);
        const { messageId, documentId, revision } = outcome;
        return {
          status: 'DUPLICATE',
          messageId,
          ...(documentId !== undefined && { documentId }),
          ...(revision !== undefined && { revision }),
          first: outcome,
        };
      }),
    );
  }
}

interface Retry {
  readonly key: string;
  readonly handling: Handling;
}

type Task = { readonly bytes: number } & ({ readonly raw: string } | { readonly retry: Retry });

type Waiting = Task & {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (fault: unknown) => void;
};

/** Why a message could not be stored, or a dead letter not be retried. */
interface Unkept {
  readonly fault: unknown;
}

function sum(texts: readonly { readonly bytes: number }[]): number {
  return texts.reduce((total, { bytes }) => total + bytes, 0);
}

/** Whether an entry that was read is the one that was written, though the answer to that was lost. */
function isSameArrival(one: InboxEntry, other: InboxEntry): boolean {
  return one.arrival === other.arrival && one.receivedAt === other.receivedAt && one.raw === other.raw;
}

function byArrival(one: Kept, other: Kept): number {
  return one.entry.arrival - other.entry.arrival;
}
