import { createHash } from 'node:crypto';
import type { Stored } from '@takt/document-store';
import { inboundMessage, type Governed } from '@takt/intake';
import type { Time } from '@takt/subgraph-server';
import { orderChangesSince } from '../exceptions/approve.ts';
import { lookEvery } from '../exceptions/look-every.ts';
import type { ExceptionCommands, RaiseException, StateOfNow } from '../exceptions/messages.ts';
import type { PlanningException } from '../exceptions/planning-exception.ts';
import { causeOf } from '../judgement/cause.ts';
import type { Decision } from '../judgement/decision.ts';
import { contextOf, coolDownOf, exceptionsAbout, wasClosed, type ActionOptions } from './action-follower.ts';
import { exceptionsOf } from './raise.ts';
import { ended, proposeAll, proposeInside } from './schedule-exchange.ts';

export interface OutdatedProposalOptions extends Omit<ActionOptions, 'onFault'> {
  readonly time: Pick<Time, 'after'>;
  /** Hears of what went wrong; it is tried again with the next look. */
  readonly onFault: (fault: unknown) => void;
  /** Between two looks, and so between two proposals for one exception at least: 5 s unless given. */
  readonly everyMs?: number;
}

/**
 * Looks every so often for open exceptions whose proposal nobody can approve any more, because its orders have changed since
 * it was made: has it made anew for the decision behind it, or ends what nothing is left to be proposed for. It changes no
 * order: whatever is proposed waits for approval. To be run where the domain is written.
 */
export function followOutdatedProposals(options: OutdatedProposalOptions): { close(): Promise<void> } {
  const asked = new Map<string, string>();
  return lookEvery(options.everyMs ?? 5_000, (signal) => lookAtAll(asked, options, signal), options);
}

/** `asked` has what each exception, and its orders, were when a proposal was made for it last. */
async function lookAtAll(
  asked: Map<string, string>,
  options: OutdatedProposalOptions,
  signal: AbortSignal,
): Promise<void> {
  const open = new Set<string>();
  let after: readonly (string | number | boolean | null)[] | undefined;
  for (;;) {
    const { entries, hasNextPage } = await options.exceptions.page({
      where: { status: { in: ['OPEN', 'SNOOZED'] }, kind: { in: ['SCHEDULE_APPROVAL', 'FROZEN_CHANGE'] } },
      orderBy: ['dueAt', 'id'],
      first: PAGE,
      ...(after && { after }),
    });
    for (const entry of entries) {
      signal.throwIfAborted();
      open.add(entry.id);
      await lookAt(entry, asked, options, signal).catch((fault: unknown) => {
        signal.throwIfAborted();
        options.onFault(fault);
      });
    }
    after = entries.at(-1)?.key;
    if (!hasNextPage || !after) break;
  }
  for (const id of asked.keys()) if (!open.has(id)) asked.delete(id);
}

async function lookAt(
  { document: exception }: Stored<Governed<PlanningException>>,
  asked: Map<string, string>,
  options: OutdatedProposalOptions,
  signal: AbortSignal,
): Promise<void> {
  const orders = await ordersNow(exception, options);
  if (orderChangesSince(exception, { orders }).length === 0) return;
  const state = stateOf(exception, orders);
  if (asked.get(exception.id) === state) return;
  const [record] = await options.decisions.getMany(exception.decisions.slice(-1));
  if (!record) return;
  await replace(exception, record.document, state, options, signal);
  asked.set(exception.id, state);
}

async function ordersNow(
  { proposal }: PlanningException,
  { picture }: OutdatedProposalOptions,
): Promise<StateOfNow['orders']> {
  if (proposal.length === 0) return [];
  const orders = await picture().orders(proposal.map(({ order }) => order));
  return proposal.map(({ order }, index) => {
    const revision = orders[index]?.revision;
    return { order, ...(revision !== undefined && { revision }) };
  });
}

/** The same for the same revisions of an exception and of the orders that it proposes to change. */
function stateOf({ revision }: Governed<PlanningException>, orders: StateOfNow['orders']): string {
  const revisions = orders.map((each) => [each.order, each.revision ?? 0]);
  return `${revision}/${createHash('sha256').update(JSON.stringify(revisions)).digest('base64url')}`;
}

/**
 * Has what is proposed now take the place of what was proposed, unless something happens to the exception meanwhile. The
 * messages have ids made of `state`: sent again after a crash they are recognised, whatever would be proposed by then.
 */
async function replace(
  exception: Governed<PlanningException>,
  decision: Decision,
  state: string,
  options: OutdatedProposalOptions,
  signal: AbortSignal,
): Promise<void> {
  const { id, revision } = exception;
  const { raised, cannot } = await proposedNow(exception, decision, options, signal);
  const isLeft = raised.some((each) => each.id === id);
  const messages = [
    ...raised.map((data) => ({ type: 'RaiseException', data })),
    ...(isLeft ? [] : [{ type: 'SettleException', data: { id, ...endingOf(cannot) } }]),
  ];
  const outcomes = await options.intake.receive(
    messages.map(({ type, data }) =>
      inboundMessage(
        {
          type,
          source: 'takt/synchronization',
          id: `${data.id}/anew/${id}/${state}`,
          data,
          cause: causeOf(decision),
          correlationId: id,
          ...(data.id === id && { expectedRevision: revision }),
        },
        options.clock,
      ),
    ),
  );
  for (const outcome of outcomes.map(ended)) {
    if (!('refusal' in outcome) || PASSED_BY.has(outcome.refusal.code)) continue;
    options.onFault(`A new proposal for ${id} was not taken: ${outcome.refusal.reason}`);
  }
}

function endingOf(cannot: readonly string[]): Omit<ExceptionCommands['SettleException'], 'id'> {
  if (cannot.length === 0) {
    return { outcome: 'GONE', reason: 'Its orders have changed, and nothing is left to be proposed.' };
  }
  const reason = `Its orders have changed, and supply cannot follow: ${cannot.join(' ')}`;
  return { outcome: 'SUPERSEDED', reason: reason.slice(0, LONGEST_REASON) };
}

/** The exception with what is proposed now, if anything is, and what the scheduler cannot do. */
async function proposedNow(
  exception: Governed<PlanningException>,
  decision: Decision,
  options: OutdatedProposalOptions,
  signal: AbortSignal,
): Promise<{ readonly raised: readonly RaiseException[]; readonly cannot: readonly string[] }> {
  const { id, kind, sku, location, revision } = exception;
  const coolDownMinutes = await coolDownOf(decision, options);
  // Nothing is handed over to a planning system: that would act before anybody has approved it.
  const asking = { ...options, scheduler: options.adviser, coolDownMinutes };
  const orderPrefix = `${decision.id}/again-${revision}`;
  const scheduled =
    kind === 'FROZEN_CHANGE'
      ? { waiting: [], revisions: new Map<string, number>(), inside: await proposeInside(decision, asking, signal) }
      : await proposeAll(decision, asking, signal);
  const existing = await exceptionsAbout(sku, location, options);
  const context = await contextOf(decision, existing, options);
  const answer = 'answer' in scheduled ? scheduled.answer : undefined;
  const raised = exceptionsOf(decision, { ...scheduled, orderPrefix }, context).filter(
    (each) => each.id === id || (answer && each.kind === 'UNSCHEDULABLE' && !wasClosed(each, existing)),
  );
  return { raised, cannot: (answer?.cannot ?? []).map(({ reason }) => reason) };
}

/** Somebody did something with it meanwhile: the next look sees what. */
const PASSED_BY: ReadonlySet<string> = new Set(['REVISION_CONFLICT', 'EXCEPTION_CLOSED']);
const PAGE = 200;
const LONGEST_REASON = 2000;
