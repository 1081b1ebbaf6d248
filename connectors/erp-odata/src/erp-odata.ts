import { SettingError, type ConnectorType } from '@takt/backing-system';
import { configureHttp } from '@takt/backing-system-http';
import { CommandSender } from './command-sender.ts';
import { ODataReceiver } from './receiver.ts';
import { Session } from './session.ts';
import { MAX_PAGE_BYTES, Settings } from './settings.ts';

/**
 * An ERP that speaks OData v2 (https://www.odata.org/documentation/odata-version-2-0/) or v4
 * (https://docs.oasis-open.org/odata/odata/v4.01/): its entity sets are read page by page, whole or what changed, and
 * commands are written as the mapping says.
 */
export const erpOData: ConnectorType = {
  name: 'erp-odata',
  settings: Settings,
  mappings: new URL('../mappings/', import.meta.url),
  configure(settings: Settings, { secret, system, mapping }) {
    const { entitySets = [], concurrency = 1, timeZone, maxPageBytes: maxBytes = MAX_PAGE_BYTES } = settings;
    if (!mapping) throw new SettingError('mapping', 'What an ERP says takes a mapping.');
    if (timeZone !== undefined && !isTimeZone(timeZone)) throw new SettingError('timeZone', `There is no ${timeZone}.`);
    const names = entitySets.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new SettingError('entitySets', `${twice} is there twice.`);
    const open = configureHttp(settings, secret, concurrency);
    const session = () => new Session(open(), { ...settings, maxBytes });
    return {
      connect: ({ crossReferences }) =>
        new CommandSender({ session: session(), settings, mapping, crossReferences, system }),
      ...(entitySets.length > 0 && { receiver: new ODataReceiver(settings, entitySets, session, maxBytes) }),
    };
  },
};

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
