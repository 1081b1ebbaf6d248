import type { CloudEvent } from './event.ts';
import type { EventLog, LoggedEvent } from './port.ts';

export function event(id: string, label = 'Grüße \u{1f600}'): CloudEvent {
  return {
    specversion: '1.0',
    id,
    source: 'test/contract',
    type: 'Counted',
    time: '2026-01-05T08:00:00Z',
    datacontenttype: 'application/json',
    dataschema: 'Counted.v1',
    correlationid: id,
    cause: 'REPORTED',
    data: { id, label, nested: { quantity: '12.50', none: null } },
  };
}

export function numbered(count: number, from = 0): CloudEvent[] {
  return Array.from({ length: count }, (_, index) => event(String(from + index)));
}

export function ids(page: readonly LoggedEvent[]): string[] {
  return page.map((logged) => logged.event.id);
}

export function positionsOf(page: readonly LoggedEvent[]): number[] {
  return page.map((logged) => logged.position);
}

export async function take(events: AsyncIterable<LoggedEvent>, count: number): Promise<LoggedEvent[]> {
  const taken: LoggedEvent[] = [];
  for await (const logged of events) {
    taken.push(logged);
    if (taken.length === count) break;
  }
  return taken;
}

/** Everything that the log holds. */
export async function readAll(log: EventLog): Promise<LoggedEvent[]> {
  const all: LoggedEvent[] = [];
  for (;;) {
    const page = await log.read(all.at(-1)?.position ?? 0, 500);
    if (page.length === 0) return all;
    all.push(...page);
  }
}
