import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { DocumentRejectedError, type RawDocument } from '@takt/backing-system';
import { dryRun, type DryRunOptions } from '@takt/integration';
import type { SourceRecord } from '@takt/mapping';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** A file as the document that a connector would have accepted. Attributes: what reading it takes besides its body. */
export async function documentAt(
  path: string,
  { now, attributes }: { readonly now: Date; readonly attributes: Readonly<Record<string, string>> },
): Promise<RawDocument> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new UsageError(`There is no file ${path}.`);
  const time = now.toISOString();
  const name = attributes['name'] ?? basename(path);
  return {
    id: name,
    key: name,
    name,
    mediaType: 'application/octet-stream',
    receivedAt: time,
    time,
    bytes: found.size,
    attributes,
    body: () => createReadStream(path) as AsyncIterable<Buffer>,
  };
}

/**
 * Records in a JSON list, a JSON value or JSON lines: each `{ "type": …, "data": … }`, or data alone of records of a type
 * that is given. Throws {@link UsageError}.
 */
export async function recordsAt(path: string, type: string | undefined): Promise<SourceRecord[]> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`There is no file ${path}.`);
  });
  return valuesOf(text, path).map(({ place, value }) => {
    if (type !== undefined) return { place, type, data: value };
    const { type: named, data } = Object(value) as Readonly<Record<string, unknown>>;
    if (typeof named === 'string' && data !== undefined) return { place, type: named, data };
    throw new UsageError(
      `${path}: ${place}: it is not { "type": …, "data": … }. Say what the records are with --record TYPE, or name the instance that reads such files with --instance FILE.yml.`,
    );
  });
}

function valuesOf(text: string, path: string): { place: string; value: unknown }[] {
  try {
    const whole = JSON.parse(text) as unknown;
    const values = Array.isArray(whole) ? (whole as unknown[]) : [whole];
    return values.map((value, index) => ({ place: `record ${index + 1}`, value }));
  } catch {
    // JSON lines, or nothing of ours.
  }
  const lines = text.split('\n').map((line, index) => ({ line, place: `line ${index + 1}` }));
  return lines.flatMap(({ line, place }) => {
    if (line.trim() === '') return [];
    try {
      return [{ place, value: JSON.parse(line) as unknown }];
    } catch {
      throw new UsageError(`${path}: ${place}: it is neither JSON nor JSON lines.`);
    }
  });
}

/** Writes the messages that a document would cause, then what is wrong with it. Answers the exit code: 1 for faults. */
export async function tell(options: DryRunOptions, { out, err }: Terminal): Promise<number> {
  const faults: string[] = [];
  let messages = 0;
  let failed = 0;
  try {
    for await (const part of dryRun(options)) {
      if ('message' in part) {
        messages += 1;
        out.write(`${JSON.stringify(part.message, null, 2)}\n`);
        continue;
      }
      failed += 1;
      if (faults.length === FAULTS_TOLD) continue;
      const { rule, field, expression, refusal } = part.fault;
      faults.push(
        [
          `${part.place}: ${refusal?.code ?? ''}: ${refusal?.reason ?? ''}`,
          ...(rule === undefined ? [] : [`  rule        ${rule}`]),
          ...(field === undefined ? [] : [`  field       ${field}`]),
          ...(expression === undefined ? [] : [`  expression  ${expression}`]),
        ].join('\n'),
      );
    }
  } catch (error) {
    if (!(error instanceof DocumentRejectedError)) throw error;
    err.write(`The document is rejected as a whole, and none of its messages is sent: ${error.message}\n`);
    return 1;
  }
  for (const fault of faults) err.write(`${fault}\n`);
  if (failed > faults.length) err.write(`… and ${failed - faults.length} more.\n`);
  err.write(`${messages} messages, ${failed} faults.\n`);
  return failed > 0 ? 1 : 0;
}

const FAULTS_TOLD = 1_000;

/** Environment of a dry run, which reaches no system: every secret is there, and says nothing. */
export const NO_SECRETS: Readonly<Record<string, string>> = new Proxy({}, { get: () => 'dry-run' });
