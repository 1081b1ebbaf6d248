import type { DocumentEnd } from '@takt/backing-system';

export interface FileReport extends Pick<DocumentEnd, 'records' | 'counts' | 'refusal' | 'problems'> {
  readonly file: string;
  /** In a sentence. */
  readonly summary: string;
  readonly status: DocumentEnd['status'];
  /** Its id in the graph; none if it could not be taken in at all. */
  readonly integrationMessage?: string | undefined;
  /** RFC 3339 */
  readonly at: string;
}

export function reportOn(file: string, end: DocumentEnd, integrationMessage: string | undefined, at: Date): FileReport {
  const { status, records, counts, refusal, problems } = end;
  return {
    file,
    summary: summaryOf(end),
    status,
    integrationMessage,
    at: at.toISOString(),
    records,
    counts,
    refusal,
    problems,
  };
}

/** How a file ended that could not be taken in. */
export function refused(code: string, reason: string): DocumentEnd {
  const counts = { applied: 0, duplicate: 0, rejected: 0, deadLettered: 0 };
  return { status: 'REJECTED', refusal: { code, reason }, records: 0, counts, problems: [] };
}

function summaryOf({ refusal, records, counts, status }: DocumentEnd): string {
  if (refusal) return `Nothing of it was used: ${refusal.reason}`;
  const told = [
    `${counts.applied} applied`,
    `${counts.duplicate} known before`,
    `${counts.rejected} rejected`,
    `${counts.deadLettered} not understood by us`,
  ];
  return `${records} records: ${told.join(', ')}${status === 'DISCARDED' ? '; discarded by an operator' : ''}.`;
}
