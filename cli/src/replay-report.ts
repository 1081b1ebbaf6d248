import type { ReplayReport, ReplayRequest } from '@takt/subgraph-server';

/** What a replay did, or would do, as text for a person. */
export function formatReplay(
  domain: string,
  { dryRun, rebuild }: Pick<ReplayRequest, 'dryRun' | 'rebuild'>,
  { after, upTo, types, consumers, passedOver }: ReplayReport,
): string {
  const lines = [
    after === upTo ? `${domain}: no event is in this range.` : `${domain}: positions ${after + 1} to ${upTo}.`,
  ];
  for (const [type, count] of Object.entries(types ?? {})) lines.push(`  ${String(count).padStart(9)}  ${type}`);
  for (const { name, events, isCaughtUp, difference } of consumers) {
    if (rebuild) lines.push(`${name} ${dryRun ? 'would be' : 'was'} made again from ${counted(events, 'event')}.`);
    else lines.push(`${name} ${dryRun ? 'would take' : 'took'} ${counted(events, 'event')} again.`);
    if (isCaughtUp) {
      lines.push(
        '  The log no longer keeps its beginning: what that did was taken from what is there now, not from the log.',
      );
    }
    if (!difference) continue;
    const { documents, first } = difference;
    const more = documents > first.length ? ', …' : '';
    lines.push(
      documents === 0
        ? '  No document would change.'
        : `  ${counted(documents, 'document')} would change: ${first.join(', ')}${more}`,
    );
  }
  for (const { name, reason } of passedOver) lines.push(`${name} is passed over: ${reason}`);
  if (dryRun) lines.push('This was a dry run: nothing was written.');
  return `${lines.join('\n')}\n`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
