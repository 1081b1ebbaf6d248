import { CHECKS, type Check, type Finding } from './finding.ts';

/** What was checked: each check with what it looked at, or why it was not made. */
export interface Examination {
  readonly about: Partial<Readonly<Record<Check, string>>>;
  readonly skipped: Partial<Readonly<Record<Check, string>>>;
  readonly findings: readonly Finding[];
}

/** For people: a line for each check, under it its findings and what to do about them, at the end a summary. */
export function reportText({ about, skipped, findings }: Examination): string {
  const width = Math.max(...CHECKS.map((check) => check.length));
  const lines = CHECKS.flatMap((check) => {
    const own = findings.filter((finding) => finding.check === check);
    const label = check.padEnd(width);
    const reason = skipped[check];
    if (reason !== undefined && own.length === 0) return [`- ${label}  not checked: ${reason}`];
    const mark = own.some(isError) ? '✗' : own.length > 0 ? '!' : '✓';
    return [`${mark} ${label}  ${[about[check], counted(own)].filter(Boolean).join('; ')}`.trimEnd(), ...grouped(own)];
  });
  const total = counted(findings);
  return [...lines, '', total === '' ? 'Nothing stands in the way.' : `${total}.`, ''].join('\n');
}

/** Findings that say the same to do are told together. */
function grouped(findings: readonly Finding[]): string[] {
  const remedies = [...new Set(findings.map(({ whatToDo }) => whatToDo))];
  return remedies.flatMap((remedy) => [
    ...findings.filter(({ whatToDo }) => whatToDo === remedy).map(({ where, message }) => `    ${where}: ${message}`),
    `    → ${remedy}`,
  ]);
}

function counted(findings: readonly Finding[]): string {
  const errors = findings.filter(isError).length;
  const warnings = findings.length - errors;
  const parts = [errors > 0 ? plural(errors, 'error') : '', warnings > 0 ? plural(warnings, 'warning') : ''];
  return parts.filter(Boolean).join(', ');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function isError({ severity }: Finding): boolean {
  return severity === 'error';
}
