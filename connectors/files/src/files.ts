import { Type, type Static } from '@sinclair/typebox';
import { DocumentRejectedError, SettingError, type ConnectorType, type RawDocument } from '@takt/backing-system';
import { FormatError } from '@takt/document-formats';
import type { SourceRecord } from '@takt/mapping';
import { configureDrop } from './configure-drop.ts';
import { DROP_SETTINGS } from './drop-settings.ts';
import { Format, MEDIA_TYPES, readRows } from './format.ts';
import { watchDrop } from './watch-drop.ts';

const Settings = Type.Object({
  ...DROP_SETTINGS,
  format: Format,
  /** What the rows are called by the rules of the mapping; `row` unless set. */
  record: Type.Optional(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9._-]{0,99}$' })),
});
type Settings = Static<typeof Settings>;

/** Files that another system leaves in a folder or on an SFTP server: each row, record or element is one record. */
export const files: ConnectorType = {
  name: 'files',
  settings: Settings,
  mappings: new URL('../mappings/', import.meta.url),
  configure(settings: Settings, setup) {
    if (!setup.mapping) throw new SettingError('mapping', 'Files need one: their columns mean nothing by themselves.');
    const drop = configureDrop(settings, setup);
    const { format, record = 'row' } = settings;
    const mediaType = MEDIA_TYPES[format.kind];
    return {
      receiver: {
        run: (context, signal) => watchDrop(drop, { document: () => ({ mediaType }) }, context, signal),
        parse: (document) => recordsOf(document, format, record),
      },
    };
  },
};

async function* recordsOf(document: RawDocument, format: Format, type: string): AsyncGenerator<SourceRecord> {
  try {
    for await (const row of readRows(document.body(), format)) {
      yield 'data' in row ? { place: row.place, type, data: row.data } : row;
    }
  } catch (error) {
    throw error instanceof FormatError ? new DocumentRejectedError(error.code, error.reason) : error;
  }
}
