import { createHash } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer, Connector, Exchange } from '@takt/backing-system';
import type { CloudEvent } from '@takt/event-log';
import type { CrossReferences } from '@takt/mapping';
import { importFilesOf, type ImportFile, type ImportFileOptions } from './import-files.ts';

export interface OrdersFolderOptions extends Omit<ImportFileOptions, 'resource'> {
  /** Absolute. */
  readonly out: string;
  /** `system/instance` */
  readonly system: string;
  readonly crossReferences: CrossReferences;
}

/**
 * Puts each command into a folder as files that frePPLe imports: TAKEN once they are on stable storage, as frePPLe tells
 * what became of an order with its next export. A command that comes again gives the same files. Their names are in the
 * order of the commands' times, in which frePPLe's `importfromfolder` reads them.
 */
export function ordersFolder({ out, system, crossReferences, ...writing }: OrdersFolderOptions): Connector {
  return {
    async send(command, signal): Promise<Answer & { readonly exchange?: Exchange }> {
      const resource = async (workCenter: string) => {
        const [source] = await crossReferences.toSource(system, 'WORK_CENTER', [workCenter]);
        return source ?? workCenter;
      };
      const files = await importFilesOf(command, { ...writing, resource });
      if ('kind' in files) return files;
      signal.throwIfAborted();
      try {
        await mkdir(out, { recursive: true });
        const names: string[] = [];
        for (const file of files) names.push(await put(out, file, command));
        const sent = files.map(({ text }) => text).join('\n');
        return { kind: 'TAKEN', exchange: { sent, answered: names.join('\n') } };
      } catch (error) {
        const { code = 'unknown' } = error as NodeJS.ErrnoException;
        return { kind: 'DOWN', reason: `Its folder cannot be written: ${code}.` };
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Nobody reads half of it: it has its name only when all of it is there. */
async function put(out: string, { model, text }: ImportFile, { id, source, time }: CloudEvent): Promise<string> {
  const hash = createHash('sha256').update(`${source} ${id}`).digest('hex').slice(0, 16);
  const name = `${model}.${new Date(time).toISOString().replaceAll(/\D/g, '')}.${hash}.csv`;
  const hidden = join(out, `.${name}.tmp`);
  await writeSynced(hidden, text);
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
