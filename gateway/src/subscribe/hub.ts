import { OperationRefused } from '../errors.ts';
import type { GatewayRequest } from '../gateway.ts';
import type { BoundOperation, Executor, RunOptions } from '../execute/executor.ts';
import type { Caller } from '../guard/caller.ts';
import type { PlannedOperation } from '../plan/operation-planner.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { SubgraphTransport } from '../transports/transport.ts';
import { ending } from './endings.ts';
import type { Ending } from './endings.ts';
import { identityOf, textOf } from './identity.ts';
import { Member } from './member.ts';
import { rechecking } from './recheck.ts';
import type { Recheck } from './recheck.ts';
import { resumableFields } from './resumable-fields.ts';
import type { ResumableFields, ResumeConvention } from './resumable-fields.ts';
import { SharedStream } from './shared-stream.ts';
import type { Source } from './shared-stream.ts';
import type { Subscriber } from './subscriber.ts';
import { SubscriptionCount } from './subscription-count.ts';
import { initialCursor, upstreamOf } from './upstream.ts';
import type { UpstreamOperation } from './upstream.ts';

/**
 * All subscriptions on one contract of one version of the graph. Those that ask the same and begin "from now on" share
 * one stream. One that begins behind a cursor has a stream of its own, until it comes to the place of another that asks the same: then
 * the two are one.
 */
export class SubscriptionHub {
  readonly limits: SubscriptionLimits;
  /** Undefined if nobody checks. */
  readonly recheck: ((caller: Caller) => Promise<boolean>) | undefined;
  /** Streams on older versions that wait to come here. */
  readonly expected = new Set<SharedStream>();
  readonly #convention: ResumeConvention;
  readonly #families = new Map<string, Family>();
  readonly #streams = new Map<SharedStream, Family>();
  readonly #upstreams = new WeakMap<PlannedOperation, UpstreamOperation>();
  #subscribers = 0;
  #resumable: ResumableFields | undefined;
  #onIdle: (() => void) | undefined;
  #successor: SubscriptionHub | undefined;
  #closedAs: Ending | undefined;

  constructor(
    readonly graph: GraphVersion,
    options: SubscriptionOptions,
    readonly onFault: (fault: unknown) => void,
    readonly total: SubscriptionCount = new SubscriptionCount(),
  ) {
    this.limits = { ...defaultSubscriptionLimits, ...options.limits };
    this.#convention = { argument: 'after', field: 'cursor', ...options.resume };
    this.recheck = options.recheck && rechecking(options.recheck, this.limits.recheckTimeoutMs, onFault);
  }

  /** Itself, or that of the newest version that has followed. */
  get newest(): SubscriptionHub {
    return this.#successor?.newest ?? this;
  }

  /** Why it takes no subscription any more, if so. */
  get closedAs(): Ending | undefined {
    return this.#closedAs;
  }

  get counts(): SubscriptionCounts {
    return { subscribers: this.#subscribers, upstreams: this.#streams.size };
  }

  /**
   * Gives the events of a prepared subscription to a subscriber, beginning after this has returned. What it returns ends
   * that without a word to the subscriber, as does `options.signal`.
   */
  follow(bound: BoundOperation, options: RunOptions, subscriber: Subscriber): () => void {
    if (options.signal.aborted) return () => undefined;
    if (this.#successor) return this.#followOnNewest(bound, options, subscriber);
    const source = this.#source(bound);
    const { upstream } = source;
    const cursor = (upstream.resume && options.resumeAfter) ?? initialCursor(upstream, bound);
    const live = cursor === undefined ? this.#families.get(this.#keyOf(source, options))?.live : undefined;
    const stream = live ?? new SharedStream(source, cursor);
    const member = new Member(stream, subscriber, options, this.onFault);
    const code = this.#closedAs ?? (this.#isFull(member.caller) ? 'SUBSCRIPTIONS_EXHAUSTED' : undefined);
    if (code) {
      queueMicrotask(() => member.end([ending(code, cursor)]));
      return member.leave;
    }
    stream.add(member);
    this.entered(member);
    if (!live) {
      this.#register(stream, this.#keyOf(source, options));
      stream.run().catch(this.onFault);
    }
    return member.leave;
  }

  /**
   * Moves what can be resumed to a newer version, without loss; what cannot stays here until it ends by itself; what does
   * not fit that version is ended. Resolves when nothing is left here: then this version may be closed.
   */
  async move(next: SubscriptionHub): Promise<void> {
    this.#successor = next;
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
    await Promise.all([...this.#streams.keys(), ...this.expected].map((stream) => stream.moveTo(next)));
    this.checkIdle();
    return idle;
  }

  /** Ends every subscription, and those that still come, with the place to go on from. */
  close(code: Ending = 'GATEWAY_CLOSING'): void {
    this.#closedAs ??= code;
    for (const stream of [...this.#streams.keys(), ...this.expected]) stream.endAs(code);
  }

  /** The same operation on this version. Rejects with {@link OperationRefused}. */
  async sourceOf(bound: BoundOperation, options: RunOptions | undefined): Promise<Source> {
    return this.#source(await this.#prepare(bound, options));
  }

  /** Takes a stream that comes from an older version, with its members. */
  admit(stream: SharedStream): void {
    for (const member of stream.members) this.entered(member);
    const [member] = stream.members;
    if (member) this.#register(stream, this.#keyOf(stream.source, member.options));
  }

  /** Forgets a stream that goes to a newer version, with its members. */
  dismiss(stream: SharedStream): void {
    for (const member of stream.members) this.left(member);
    this.forget(stream);
  }

  forget(stream: SharedStream): void {
    const family = this.#streams.get(stream);
    if (!family) return;
    this.#streams.delete(stream);
    if (family.live === stream) family.live = undefined;
    const { cursor } = stream;
    if (cursor !== undefined && family.byCursor.get(cursor) === stream) family.byCursor.delete(cursor);
    if (--family.streams === 0) this.#families.delete(family.key);
    this.checkIdle();
  }

  /** A stream has given the event at its cursor. If another is at the same place, the two become one. */
  hasCome(stream: SharedStream, before: string | undefined): void {
    const family = this.#streams.get(stream);
    const { cursor } = stream;
    if (!family || cursor === undefined) return;
    if (before !== undefined && family.byCursor.get(before) === stream) family.byCursor.delete(before);
    const other = family.byCursor.get(cursor);
    family.byCursor.set(cursor, stream);
    if (!other || other === stream) return;
    const [into, from] = family.live === stream ? [stream, other] : [other, stream];
    into.adopt(from);
    family.byCursor.set(cursor, into);
  }

  entered({ caller: { subject } }: Member): void {
    this.#subscribers++;
    this.total.add(subject);
  }

  left({ caller: { subject } }: Member): void {
    this.#subscribers--;
    this.total.remove(subject);
  }

  checkIdle(): void {
    if (this.#streams.size === 0 && this.expected.size === 0) this.#onIdle?.();
  }

  #prepare({ planned, variables, asked }: BoundOperation, options: RunOptions | undefined): Promise<BoundOperation> {
    const { text, name } = textOf(planned);
    const { query = text, operationName = name } = asked ?? {};
    return this.graph.prepare({ ...options, query, operationName, variables });
  }

  /** For an operation that was prepared before a newer version came. */
  #followOnNewest(bound: BoundOperation, options: RunOptions, subscriber: Subscriber): () => void {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, options.signal]);
    const { newest } = this;
    newest
      .#prepare(bound, options)
      .then((prepared) => newest.follow(prepared, { ...options, signal }, subscriber))
      .catch((error: unknown) => {
        if (!(error instanceof OperationRefused)) throw error;
        if (!signal.aborted) subscriber.end(error.errors);
      })
      .catch(this.onFault);
    return () => stop.abort();
  }

  #register(stream: SharedStream, key: string): void {
    let family = this.#families.get(key);
    if (!family) this.#families.set(key, (family = { key, streams: 0, live: undefined, byCursor: new Map() }));
    family.streams++;
    if (stream.isLive) family.live ??= stream;
    this.#streams.set(stream, family);
  }

  #source(bound: BoundOperation): Source {
    this.#resumable ??= resumableFields(this.graph.supergraph, this.#convention);
    let upstream = this.#upstreams.get(bound.planned);
    if (!upstream) {
      upstream = upstreamOf(bound.planned, this.#resumable, this.#convention);
      this.#upstreams.set(bound.planned, upstream);
    }
    return { hub: this, bound, upstream };
  }

  #keyOf({ bound, upstream }: Source, options: RunOptions): string {
    return identityOf(bound, upstream, options);
  }

  #isFull({ subject }: Caller): boolean {
    const { maxSubscriptions, maxSubscriptionsPerCaller } = this.limits;
    if (this.total.all >= maxSubscriptions) return true;
    return subject !== undefined && this.total.of(subject) >= maxSubscriptionsPerCaller;
  }
}

/** What a hub needs of the version of the graph that it serves. */
export interface GraphVersion {
  readonly supergraph: Pick<Supergraph, 'sdl' | 'apiSchema'>;
  readonly executor: Pick<Executor, 'enrich'>;
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
  /** Rejects with {@link OperationRefused}. */
  prepare(request: GatewayRequest): Promise<BoundOperation>;
}

export interface SubscriptionOptions {
  readonly limits?: Partial<SubscriptionLimits>;
  /** How resumable subscriptions are recognized: by an argument `after` and a field `cursor` unless given. */
  readonly resume?: Partial<ResumeConvention>;
  /**
   * Whether a caller may still ask: called before each event, once for all subscribers of a stream with the same caller.
   * What it throws counts as no.
   */
  readonly recheck?: Recheck;
}

export interface SubscriptionLimits {
  /** Bytes that a subscriber has not taken yet, above which it is ended instead of being given one event more. */
  readonly maxBufferedBytes: number;
  /** How long the only subscriber of a resumable stream is waited for if it takes nothing. */
  readonly stallMs: number;
  readonly maxSubscriptions: number;
  /** Of callers that have shown who they are, by subject. */
  readonly maxSubscriptionsPerCaller: number;
  /** Before a lost upstream is first sought again; then it doubles each time. About a half of it is random. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** An answer of `recheck` that takes longer is no. */
  readonly recheckTimeoutMs: number;
}

export const defaultSubscriptionLimits: SubscriptionLimits = {
  maxBufferedBytes: 4 * 1024 * 1024,
  stallMs: 30_000,
  maxSubscriptions: 100_000,
  maxSubscriptionsPerCaller: 1_000,
  firstPauseMs: 100,
  longestPauseMs: 10_000,
  recheckTimeoutMs: 5_000,
};

export interface SubscriptionCounts {
  readonly subscribers: number;
  readonly upstreams: number;
}

/** Streams whose events are answered alike. */
interface Family {
  readonly key: string;
  streams: number;
  /** The one that those may join who begin from now on. */
  live: SharedStream | undefined;
  /** By the cursor of the last event given. */
  readonly byCursor: Map<string, SharedStream>;
}
