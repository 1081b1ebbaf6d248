import { Type, type Static } from '@sinclair/typebox';
import type { ConnectorType } from '@takt/backing-system';
import { configureDrop, DROP_SETTINGS } from '@takt/connector-files';
import { EdiReceiver } from './edi-receiver.ts';

const Settings = Type.Object({
  ...DROP_SETTINGS,
  /** Whether 997 and CONTRL go back: always unless set; as ISA14 or UNB 0031 ask for it; never, as for copies of what we sent. */
  acknowledge: Type.Optional(Type.Union([Type.Literal('ALWAYS'), Type.Literal('REQUESTED'), Type.Literal('NEVER')])),
  /** Whether interchanges that say they are tests (ISA15, UNB 0035) are used; they are rejected unless set. */
  tests: Type.Optional(Type.Boolean()),
});
type Settings = Static<typeof Settings>;

/**
 * X12 and EDIFACT in files that partners put into a folder or an SFTP server's, each interchange a document; answers lie in
 * `out/` below it, files that were taken in `done/` and `failed/`.
 */
export const edi: ConnectorType = {
  name: 'edi',
  settings: Settings,
  mappings: new URL('../mappings/', import.meta.url),
  configure({ acknowledge = 'ALWAYS', tests = false, ...settings }: Settings, setup) {
    return { receiver: new EdiReceiver({ drop: configureDrop(settings, setup), acknowledge, takesTests: tests }) };
  },
};
