import type { GraphQLError } from 'graphql';
import { gatewayError, OperationRefused, SubgraphFault } from '../errors.ts';
import type { BoundOperation } from '../execute/executor.ts';
import { failedFetch } from '../execute/fetch-errors.ts';
import type { Caller } from '../guard/caller.ts';
import type { SubgraphResult } from '../transports/transport.ts';
import { ending, gapBeforeFirstEvent, outdated, refusedBy } from './endings.ts';
import type { SubscriptionHub } from './hub.ts';
import type { Member } from './member.ts';
import { placeOf, takeCursor, upstreamVariables } from './upstream.ts';
import type { UpstreamOperation } from './upstream.ts';

/**
 * One subscription to a subgraph and all who hear it: each event is enriched once and given to everybody as one text.
 *
 * following ── subgraph lost ──▶ pausing ──▶ following      resumable: right behind the last event or place
 * following ── queue overflows ──▶ following                likewise, after what is queued has been given
 * following ── moved to another version ──▶ following       likewise, there
 * any ── completed, refused, last member gone, closed ──▶ over
 *
 * All members are at the same place: whoever joins gets what comes behind {@link cursor}.
 */
export class SharedStream {
  readonly members = new Set<Member>();
  /** Whether it began from now on. */
  readonly isLive: boolean;
  readonly #stop = new AbortController();
  readonly #began = new Date();
  #source: Source;
  #nextSource: Source | undefined;
  #cursor: string | undefined;
  #gapIsTold = false;
  /** Ends the upstream that is being followed. */
  #attempt = new AbortController();
  #wake: (() => void) | undefined;

  /** `cursor` is where to begin; undefined for from now on. */
  constructor(source: Source, cursor: string | undefined) {
    this.isLive = cursor === undefined;
    this.#source = source;
    this.#cursor = cursor;
  }

  get hub(): SubscriptionHub {
    return this.#source.hub;
  }

  get source(): Source {
    return this.#source;
  }

  /** Of the last event or place that everybody was given, or where the subscription began; undefined if nobody told. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  get isOver(): boolean {
    return this.#stop.signal.aborted;
  }

  add(member: Member): void {
    this.members.add(member);
    if (this.#cursor === undefined) {
      if (this.#gapIsTold) queueMicrotask(() => member.next(this.#gapNotice(), undefined));
    } else if (this.isLive) {
      queueMicrotask(() => this.#cursor !== undefined && member.place(this.#cursor));
    }
  }

  remove(member: Member): void {
    if (!this.members.delete(member)) return;
    this.hub.left(member);
    if (this.members.size === 0) this.#finish();
  }

  /** Everybody of a stream that is at the same place joins this one. */
  adopt(other: SharedStream): void {
    for (const member of other.members) {
      this.members.add(member);
      member.stream = this;
    }
    other.members.clear();
    other.#finish();
  }

  end(errors: readonly GraphQLError[]): void {
    this.#finish();
    for (const member of this.members) member.end(errors);
  }

  /** Ends everybody, with the place to go on from. */
  endAs(code: Parameters<typeof ending>[0]): void {
    this.end([ending(code, this.#cursor)]);
  }

  /**
   * Goes on on another version of the graph if the operation can be resumed there, as soon as there is a place to resume
   * from; stays where it is if not. Ends if the operation does not fit that version.
   */
  async moveTo({ newest: hub }: SubscriptionHub): Promise<void> {
    const [member] = this.members;
    try {
      const source = await hub.sourceOf(this.#source.bound, member?.options);
      if (this.isOver) return;
      if (hub.newest !== hub) {
        await this.moveTo(hub);
        return;
      }
      if (hub.closedAs !== undefined) {
        this.endAs(hub.closedAs);
        return;
      }
      this.#forgetNextSource();
      if (!this.#source.upstream.resume || !source.upstream.resume) return;
      this.#nextSource = source;
      hub.expected.add(this);
      if (this.#cursor !== undefined) this.#attempt.abort();
      this.#wake?.();
    } catch (error) {
      if (!(error instanceof OperationRefused)) throw error;
      this.end([outdated(error.errors, this.#cursor)]);
    }
  }

  async run(): Promise<void> {
    for (let failures = 0; !this.isOver;) {
      const { limits } = this.hub;
      const began = Date.now();
      const from = this.#cursor;
      const outcome = await this.#followUpstream();
      if (this.isOver) return;
      if (outcome !== 'interrupted' && outcome !== 'lost') {
        this.end(outcome);
        return;
      }
      if (outcome === 'lost') {
        this.#tellGap();
        if (this.#cursor !== from || Date.now() - began > limits.longestPauseMs) failures = 0;
        const pauseMs = Math.min(limits.longestPauseMs, limits.firstPauseMs * 2 ** failures++);
        if (!this.#nextSource) await this.#pause(pauseMs * (0.5 + Math.random() / 2));
      }
      this.#switchSource();
    }
  }

  /** Passes on what the subgraph gives. The errors, if any, that its subscription has ended with. */
  async #followUpstream(): Promise<'interrupted' | 'lost' | readonly GraphQLError[]> {
    const { hub, bound, upstream } = this.#source;
    const { serviceName, query, operationName, resume } = upstream;
    const attempt = (this.#attempt = new AbortController());
    const wasInterrupted = () => attempt.signal.aborted || this.isOver;
    try {
      const transport = hub.graph.transports.get(serviceName);
      if (!transport) throw new Error(`no transport for subgraph "${serviceName}"`);
      const headers = this.#options?.headers;
      const variables = upstreamVariables(upstream, bound, this.#cursor);
      const { signal } = attempt;
      const tellPlaces = resume !== undefined;
      const request = { query, operationName, variables, signal, tellPlaces, ...(headers && { headers }) };
      for await (const event of transport.subscribe(request)) {
        if (wasInterrupted()) return 'interrupted';
        const place = resume && placeOf(event);
        if (place !== undefined) this.#passPlace(place);
        else if (event.data === undefined) return refusedBy(serviceName, event.errors, this.#cursor);
        else await this.#pass(event, resume && takeCursor(resume, event));
        if (wasInterrupted()) return 'interrupted';
        if (this.#nextSource && this.#cursor !== undefined) return 'interrupted';
      }
      return wasInterrupted() ? 'interrupted' : [];
    } catch (error) {
      if (wasInterrupted()) return 'interrupted';
      if (resume && error instanceof SubgraphFault) return error.code === 'EVENTS_OVERFLOW' ? 'interrupted' : 'lost';
      const failure = failedFetch(serviceName, error, undefined);
      return error instanceof SubgraphFault ? [failure] : refusedBy(serviceName, [failure], this.#cursor);
    } finally {
      attempt.abort();
    }
  }

  async #pass(event: SubgraphResult, cursor: string | undefined): Promise<void> {
    const { hub, bound } = this.#source;
    let response: string;
    try {
      const options = { ...this.#options, signal: this.#stop.signal };
      response = await hub.graph.executor.enrich(bound, event, options);
    } catch (error) {
      if (this.isOver) return;
      hub.onFault(error);
      response = JSON.stringify({ errors: [gatewayError('INTERNAL_ERROR', 'The gateway failed.')] });
    }
    await this.#recheckCallers();
    if (this.isOver) return;
    this.#giveAll((member) => member.next(response, cursor));
    if (cursor !== undefined) this.#comeTo(cursor);
    if (!this.isOver) await this.#letOnlyMemberCatchUp();
  }

  #passPlace(place: string): void {
    this.#giveAll((member) => member.place(place));
    this.#comeTo(place);
  }

  #giveAll(give: (member: Member) => void): void {
    for (const member of this.members) {
      if (member.hasExpired) this.expire(member);
      else if (member.subscriber.bufferedBytes > this.hub.limits.maxBufferedBytes) this.#endSlow(member);
      else give(member);
    }
  }

  #comeTo(cursor: string): void {
    if (this.isOver) return;
    const before = this.#cursor;
    this.#cursor = cursor;
    this.hub.hasCome(this, before);
  }

  expire(member: Member): void {
    member.end([ending('CALLER_EXPIRED', this.#cursor)]);
  }

  #endSlow(member: Member): void {
    member.end([ending('SUBSCRIBER_TOO_SLOW', this.#cursor)]);
  }

  /** Ends the members whose callers may no longer ask; also asks about those who join meanwhile. */
  async #recheckCallers(): Promise<void> {
    const { recheck } = this.hub;
    if (!recheck) return;
    const verdicts = new Map<Caller, boolean>();
    for (;;) {
      const callers = new Set<Caller>();
      for (const { caller } of this.members) if (!verdicts.has(caller)) callers.add(caller);
      if (callers.size === 0) break;
      await Promise.all([...callers].map(async (caller) => verdicts.set(caller, await recheck(caller))));
    }
    for (const member of this.members) {
      if (verdicts.get(member.caller) === false) member.end([ending('CALLER_REVOKED', this.#cursor)]);
    }
  }

  /**
   * Nobody else is held up while a resumable stream waits for its only member: what comes meanwhile is not lost. The
   * subgraph's events are then left where they are, not in the memory of the gateway.
   */
  async #letOnlyMemberCatchUp(): Promise<void> {
    const { maxBufferedBytes, stallMs } = this.hub.limits;
    const [member] = this.members;
    if (!member || !this.#source.upstream.resume) return;
    let least = Infinity;
    let since = Date.now();
    for (;;) {
      const { bufferedBytes } = member.subscriber;
      if (this.members.size !== 1 || !this.members.has(member) || bufferedBytes <= maxBufferedBytes / 2) return;
      if (bufferedBytes < least) {
        least = bufferedBytes;
        since = Date.now();
      } else if (Date.now() - since >= stallMs) {
        this.#endSlow(member);
        return;
      }
      await this.#pause(drainingPauseMs);
    }
  }

  /** Without a place to resume from: says so instead of hiding what may have been missed. */
  #tellGap(): void {
    if (this.#cursor !== undefined || this.#gapIsTold) return;
    this.#gapIsTold = true;
    const notice = this.#gapNotice();
    for (const member of this.members) member.next(notice, undefined);
  }

  #gapNotice(): string {
    const notice = gapBeforeFirstEvent(this.#source.upstream.serviceName, this.#began);
    return JSON.stringify({ data: null, errors: [notice] });
  }

  #switchSource(): void {
    const next = this.#nextSource;
    if (!next || this.isOver) return;
    this.#nextSource = undefined;
    this.hub.dismiss(this);
    this.#source = next;
    next.hub.admit(this);
    next.hub.expected.delete(this);
  }

  #forgetNextSource(): void {
    const hub = this.#nextSource?.hub;
    this.#nextSource = undefined;
    hub?.expected.delete(this);
    hub?.checkIdle();
  }

  get #options() {
    const [member] = this.members;
    return member?.options;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#wake = wake;
    });
  }

  #finish(): void {
    if (this.isOver) return;
    this.#stop.abort();
    this.#attempt.abort();
    this.#wake?.();
    this.#forgetNextSource();
    this.hub.forget(this);
  }
}

const drainingPauseMs = 20;

/** An operation on one version of the graph. */
export interface Source {
  readonly hub: SubscriptionHub;
  readonly bound: BoundOperation;
  readonly upstream: UpstreamOperation;
}
