import type { EventSchema } from '@takt/event-log';
import type { Aggregate } from './aggregate.ts';

/** Every version of every event that a noun declares. Throws Error on a name that is none, or whose first version is not declared. */
export function eventSchemasOf({
  events,
  newerEvents = {},
}: Pick<Aggregate<object>, 'events' | 'newerEvents'>): EventSchema[] {
  const newer = Object.entries(newerEvents).map(([name, data]) => {
    const [, type = '', version] = /^(.+)\.v([1-9]\d*)$/.exec(name) ?? [];
    if (!Object.hasOwn(events, type) || Number(version) < 2) {
      throw new Error(
        `${name} is no newer version of an event: its name must be that of one, with .v2 or more behind it.`,
      );
    }
    return { type, version: Number(version), data };
  });
  return [...Object.entries(events).map(([type, data]) => ({ type, data })), ...newer];
}
