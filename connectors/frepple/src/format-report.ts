import { printable } from './fault.ts';
import type { Count, ImportReport, ModelReport } from './report.ts';

/** The report as plain text for a terminal, about 100 columns wide; a long list of fields goes over several lines. */
export function formatReport({ asOf, models, derived, openReferences }: ImportReport): string {
  const width = models.reduce((widest, { model }) => Math.max(widest, Math.min(model.length, WIDEST_MODEL)), 0);
  const table = models.flatMap((model, index) => [
    ...(model.file === models[index - 1]?.file ? [] : ['', model.file, row(width, 'model', 'read', 'held as')]),
    row(width, model.model, String(model.records), outcome(model)),
    ...details(width, 'no place for', model.unheldFields),
    ...details(width, 'default, nothing lost', model.emptyFields),
  ]);
  const summary = derived.length === 0 ? [] : ['', `Follows from the above: ${list(derived)}`];
  const missing = openReferences.map(
    ({ model, field, refersTo, keys }) =>
      `Not in these files: ${String(keys.length)} ${refersTo} that ${model}.${field} refers to, e.g. ${JSON.stringify(keys[0])}`,
  );
  return [`As of ${asOf}`, ...table, ...summary, ...missing].map(printable).join('\n');
}

function row(width: number, model: string, read: string, outcome: string): string {
  return `  ${model.padEnd(width)}  ${read.padStart(6)}  ${outcome}`;
}

function outcome({ held, unheld, repeated }: ModelReport): string {
  const parts = held.map(({ name, count }) => `${name} ${String(count)}`);
  if (repeated > 0) parts.push(`repeated ${String(repeated)}`);
  parts.push(...unheld.map(({ name, count }) => `NOT HELD ${String(count)}: ${name}`));
  return parts.join(', ');
}

function details(width: number, title: string, counts: readonly Count[]): string[] {
  const indent = ' '.repeat(width + 12);
  const lines: string[] = [];
  let line = `${title}:`;
  for (const [index, { name, count }] of counts.entries()) {
    const part = ` ${name} (${String(count)})${index === counts.length - 1 ? '' : ','}`;
    if (line.length + part.length > DETAIL_WIDTH) {
      lines.push(indent + line);
      line = ' ';
    }
    line += part;
  }
  return counts.length === 0 ? [] : [...lines, indent + line];
}

function list(counts: readonly Count[]): string {
  return counts.map(({ name, count }) => `${name} ${String(count)}`).join(', ');
}

const DETAIL_WIDTH = 70;
const WIDEST_MODEL = 40;
