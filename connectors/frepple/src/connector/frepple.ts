import { resolve } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { SettingError, type ConnectorType } from '@takt/backing-system';
import { takeDrops } from './drops.ts';
import { ordersFolder } from './orders-folder.ts';
import { parseDrop } from './parse-drop.ts';

const path = Type.String({ minLength: 1, maxLength: 1000 });
const Settings = Type.Object({
  /** Where its exports come in; done/ and failed/ are made within. */
  folder: Type.Optional(path),
  /** Seconds for which nothing may change before the files of a drop count as complete. */
  stillSeconds: Type.Optional(Type.Number({ minimum: 0.01, maximum: 3_600 })),
  /** Where it imports from. */
  out: Type.Optional(path),
  delimiter: Type.Optional(Type.Union([Type.Literal(','), Type.Literal(';')])),
  /** Whether its orders have one step each. */
  oneStep: Type.Optional(Type.Boolean()),
  /** Of its local times. */
  timeZone: Type.Optional(Type.String({ maxLength: 100 })),
  /** Base unit of items without one. */
  unit: Type.Optional(Type.String({ minLength: 1, maxLength: 20 })),
});
type Settings = Static<typeof Settings>;

/**
 * frePPLe by its files: what it exports is taken from a folder, proposed changes of orders are put into another from which
 * it imports. What belongs together: drops.ts. What is written: orders-folder.ts.
 */
export const frepple: ConnectorType = {
  name: 'frepple',
  settings: Settings,
  configure(settings: Settings, { system, folder: base }) {
    const { stillSeconds = 10, delimiter = ',', oneStep = false, timeZone = 'UTC', unit = 'EA' } = settings;
    const folder = settings.folder === undefined ? undefined : resolve(base, settings.folder);
    const out = settings.out === undefined ? undefined : resolve(base, settings.out);
    if (folder === undefined && out === undefined)
      throw new SettingError('folder', 'It needs a folder, an out, or both.');
    if (folder !== undefined && `${out}/`.startsWith(`${folder}/`)) {
      throw new SettingError('out', 'What goes out must not come in again: it must not be within folder.');
    }
    checkTimeZone(timeZone);
    return {
      ...(folder !== undefined && {
        receiver: {
          run: (context, signal) => takeDrops({ folder, stillMs: stillSeconds * 1000 }, context, signal),
          parse: (document) => parseDrop(document, { timeZone, unit }),
        },
      }),
      ...(out !== undefined && {
        connect: ({ crossReferences }) => ordersFolder({ out, delimiter, oneStep, timeZone, system, crossReferences }),
      }),
    };
  },
};

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new SettingError('timeZone', `There is no time zone ${timeZone}.`);
  }
}
