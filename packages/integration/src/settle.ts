import type { Intake, Outcome } from '@takt/intake';
import type { Part } from './convert.ts';
import { clipped } from './ids.ts';
import type { IntegrationMessage, RecordResult, RecordResults } from './integration-message.ts';
import type { Journal } from './journal.ts';
import { offer } from './offer.ts';
import type { ResultStore } from './results.ts';
import type { ReadContext, Segment } from './segments.ts';
import { untilDone } from './until-done.ts';

export interface SettleContext extends ReadContext {
  readonly journal: Journal;
  readonly results: ResultStore;
  readonly intake: (domain: string) => Intake;
  /** Of what a message is about; undefined where nobody knows. */
  readonly noun: (type: string) => string | undefined;
}

/**
 * Offers what segments say, each domain its own in their order, and keeps what became of it, then the ends of documents
 * that are at their end. Answers the ids of those. Rejects when the signal aborts: what was offered is offered again.
 */
export async function settle(segments: readonly Segment[], context: SettleContext): Promise<string[]> {
  const { journal, results, patience } = context;
  const outcomes = await offerAll(segments, context);
  const kept: RecordResults[] = [];
  for (const segment of segments) {
    if (segment.parts.length === 0) continue;
    const ended = segment.parts.map((part) => resultOf(part, outcomes.get(part)));
    segment.work.tally.add(ended);
    kept.push(resultsOf(segment, ended, context.noun));
  }
  await untilDone(() => results.write(kept), patience);
  const ends = segments.flatMap((segment) => {
    const message = endOf(segment, context);
    return message ? [[segment.work.id, message] as const] : [];
  });
  await untilDone(() => journal.put(ends), patience);
  for (const [id, { round }] of ends) {
    if (round > 1) await untilDone(() => results.remove(id, round), patience);
  }
  return ends.map(([id]) => id);
}

interface Told {
  readonly outcome: Outcome;
  /** What it says as a duplicate may have been said of itself. */
  readonly isRedo: boolean;
}

async function offerAll(segments: readonly Segment[], context: SettleContext): Promise<Map<Part, Told>> {
  const byDomain = new Map<string, { part: Part; isRedo: boolean }[]>();
  const seen = new Set<string>();
  for (const { parts, isRedo } of segments) {
    for (const part of parts) {
      if (!part.message || part.domain === undefined) continue;
      const offered = byDomain.get(part.domain) ?? [];
      byDomain.set(part.domain, offered);
      // The second of two under one id in here is a duplicate in any case.
      const isFirst = !seen.has(part.message.id);
      seen.add(part.message.id);
      offered.push({ part, isRedo: isRedo && isFirst });
    }
  }
  const told = new Map<Part, Told>();
  await Promise.all(
    [...byDomain].map(async ([domain, offered]) => {
      const messages = offered.flatMap(({ part }) => (part.message ? [part.message] : []));
      const intake = intakeOf(domain, context);
      if (!intake) return;
      const { outcomes, redone } = await offer(intake, messages, context.patience);
      for (const [index, { part, isRedo }] of offered.entries()) {
        const outcome = outcomes[index];
        if (outcome) told.set(part, { outcome, isRedo: isRedo || redone });
      }
    }),
  );
  return told;
}

function intakeOf(domain: string, { intake, patience }: SettleContext): Intake | undefined {
  try {
    return intake(domain);
  } catch (fault) {
    patience.onFault(fault);
    return undefined;
  }
}

function resultOf({ record, place, message, domain, digest, result }: Part, told: Told | undefined): RecordResult {
  if (result) return result;
  const of = {
    record,
    place,
    messageId: message?.id,
    domain,
    type: message?.type,
    ...(digest !== undefined && { digest }),
  };
  if (!told) {
    const refusal = {
      code: 'UNKNOWN_DOMAIN',
      reason: `There is no way into the domain ${clipped(String(domain), 100)}.`,
    };
    return { ...of, status: 'DEAD_LETTERED', refusal };
  }
  const { outcome, isRedo } = told;
  const ended = isRedo && outcome.status === 'DUPLICATE' ? (outcome.first ?? outcome) : outcome;
  const entity = outcome.documentId ?? ended.documentId;
  return {
    ...of,
    ...(entity !== undefined && { entity: clipped(entity, 300) }),
    status: ended.status,
    ...('refusal' in ended && {
      refusal: { code: clipped(ended.refusal.code, 100), reason: clipped(ended.refusal.reason) },
    }),
  };
}

function resultsOf(
  { work: { id, message }, number, parts, from, to, begun }: Segment,
  results: readonly RecordResult[],
  noun: SettleContext['noun'],
): RecordResults {
  const entities = results.flatMap(({ type, domain, entity }) =>
    type !== undefined && entity !== undefined ? [`${noun(type) ?? domain}:${entity}`] : [],
  );
  return {
    message: id,
    round: message.round,
    part: number,
    from,
    to,
    begun,
    results,
    statuses: [...new Set(results.map(({ status }) => status))],
    entities: [...new Set(entities)],
    documentNumbers: [...new Set(parts.flatMap(({ documentNumbers }) => documentNumbers))].slice(0, NUMBERS_KEPT),
    arrival: message.arrival,
  };
}

/** Document numbers of records that are kept of a part. */
const NUMBERS_KEPT = 2_000;

/** The message with its end; undefined if more of it follows. */
function endOf({ work, end }: Segment, { system, clock }: SettleContext): IntegrationMessage | undefined {
  if (!end) return undefined;
  const { message, tally, wasBegun } = work;
  const { refused, records, parsedAt } = end;
  const { mapping } = system;
  const isWorse = refused?.status === 'DEAD_LETTERED' || tally.status !== 'DEAD_LETTERED';
  return {
    ...message,
    status: refused && isWorse ? refused.status : tally.status,
    records,
    counts: tally.counts,
    parsedAt,
    endedAt: clock().toISOString(),
    ...(mapping && { mapping: { name: mapping.name, version: mapping.version, sha256: mapping.sha256 } }),
    ...(refused && { refusal: refused.refusal }),
    attempts: message.attempts + (wasBegun ? 2 : 1),
  };
}
