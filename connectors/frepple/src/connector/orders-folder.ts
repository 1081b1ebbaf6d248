import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer, Connector, Exchange } from '@takt/backing-system';
import { FormatError, readCsv } from '@takt/document-formats';
import type { CrossReferences } from '@takt/mapping';
import { importRowsOf, type ImportRow, type ImportRowOptions } from './import-rows.ts';

export interface OrdersFolderOptions extends Omit<ImportRowOptions, 'named'> {
  /** Absolute. */
  readonly out: string;
  readonly delimiter: string;
  /** `system/instance` */
  readonly system: string;
  readonly crossReferences: CrossReferences;
}

type Fields = Readonly<Record<string, string>>;

/**
 * Puts commands into the folder from which frePPLe imports: TAKEN once on stable storage, as frePPLe tells what became of
 * an order with its next export.
 *
 * One file an order or demand and model, such as `manufacturingorder.<hash of the reference>.csv`: frePPLe imports the files of a folder in no
 * order (https://github.com/frePPLe/frepple, `importfromfolder`), so that of two files of one order the older might win.
 * What a file that still lies there says is kept, but where a later command says otherwise. frePPLe leaves files where they
 * are: whoever runs its import takes them away after it.
 */
export function ordersFolder(options: OrdersFolderOptions): Connector {
  const { out, delimiter, system, crossReferences } = options;
  return {
    async send(command, signal): Promise<Answer & { readonly exchange?: Exchange }> {
      const named: ImportRowOptions['named'] = async (kind, code) => {
        const [source] = await crossReferences.toSource(system, kind, [code]);
        return source ?? code;
      };
      const rows = await importRowsOf(command, { ...options, named });
      if ('kind' in rows) return rows;
      for (const { fields } of rows) {
        if (await readRow(csv(fields, delimiter), delimiter)) continue;
        return {
          kind: 'REFUSED',
          reason: 'Its reference, or a name in it, is nothing that a spreadsheet may be given.',
        };
      }
      signal.throwIfAborted();
      try {
        await mkdir(out, { recursive: true });
        const names: string[] = [];
        for (const row of rows) names.push(await put(out, row, delimiter));
        const sent = rows.map(({ fields }) => csv(fields, delimiter)).join('\n');
        return { kind: 'TAKEN', exchange: { sent, answered: names.join('\n') } };
      } catch (error) {
        const { code = '', syscall } = error as NodeJS.ErrnoException;
        if (syscall === undefined) throw error;
        return { kind: 'DOWN', reason: `Its folder cannot be written: ${code}.` };
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Nobody reads half of it: it has its name only when all of it is there. */
async function put(out: string, { model, key, fields }: ImportRow, delimiter: string): Promise<string> {
  const name = `${model}.${createHash('sha256').update(key).digest('hex').slice(0, 32)}.csv`;
  const before = await readFile(join(out, name), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  const hidden = join(out, `.${name}.tmp`);
  await writeSynced(hidden, csv({ ...(await readRow(before, delimiter)), ...fields }, delimiter));
  await rename(hidden, join(out, name));
  const folder = await open(out);
  await folder.sync().finally(() => folder.close());
  return name;
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The one row of a file; undefined if there is none that can be read. */
async function readRow(text: string, delimiter: string): Promise<Fields | undefined> {
  const body = (async function* () {
    yield await Promise.resolve(Buffer.from(text));
  })();
  try {
    for await (const row of readCsv(body, { delimiter })) return 'data' in row ? (row.data as Fields) : undefined;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  return undefined;
}

function csv(fields: Fields, delimiter: string): string {
  const line = (cells: readonly string[]) => cells.map((text) => cell(text, delimiter)).join(delimiter);
  return `${line(Object.keys(fields))}\n${line(Object.values(fields))}\n`;
}

function cell(text: string, delimiter: string): string {
  return /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
}
