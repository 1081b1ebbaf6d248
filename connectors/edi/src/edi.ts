import { resolve } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import type { ConnectorType } from '@takt/backing-system';
import { EdiReceiver } from './edi-receiver.ts';
import { folderPlace } from './folder-place.ts';

const Settings = Type.Object({
  /** With `in`, `out`, `done` and `failed` in it; relative to the instance's file. */
  folder: Type.String({ minLength: 1, maxLength: 4_000 }),
  /** A file is read when size and time of change stayed the same for so long; 10 s unless set. */
  stillForMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
  /** Whether 997 and CONTRL go back: always unless set; as ISA14 or UNB 0031 ask for it; never, as for copies of what we sent. */
  acknowledge: Type.Optional(Type.Union([Type.Literal('ALWAYS'), Type.Literal('REQUESTED'), Type.Literal('NEVER')])),
  /** Whether interchanges that say they are tests (ISA15, UNB 0035) are used; they are rejected unless set. */
  tests: Type.Optional(Type.Boolean()),
});
type Settings = Static<typeof Settings>;

/** X12 and EDIFACT in files, each interchange a document. */
export const edi: ConnectorType = {
  name: 'edi',
  settings: Settings,
  mappings: new URL('../mappings/', import.meta.url),
  configure({ folder, stillForMs = 10_000, acknowledge = 'ALWAYS', tests = false }: Settings, setup) {
    const place = folderPlace(resolve(setup.folder, folder));
    return { receiver: new EdiReceiver({ place, stillMs: stillForMs, acknowledge, takesTests: tests }) };
  },
};
