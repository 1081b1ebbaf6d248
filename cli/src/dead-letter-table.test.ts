import type { InboxEntry } from '@takt/intake';
import { expect, it } from 'vitest';
import { formatLetter, formatTable, shortKey, type FoundLetter } from './dead-letter-table.ts';

const REASON = `a bug\nat 3 litres\u001b[2J ${'and so on '.repeat(40)}`;

function letter(changes: Partial<InboxEntry> = {}): FoundLetter {
  const entry: InboxEntry = {
    messageId: 'm1',
    raw: JSON.stringify({ type: 'FillTank', subject: 'T1', data: { litres: 3 } }),
    arrival: 1,
    receivedAt: '2026-03-02T06:00:00.000Z',
    status: 'DEAD_LETTERED',
    outcome: { status: 'DEAD_LETTERED', messageId: 'm1', refusal: { code: 'DECISION_FAILED', reason: REASON } },
    ...changes,
  };
  return { domain: 'inventory', key: 'wms/P100 m1', entry };
}

it('fits the terminal, one line a letter', () => {
  const lines = formatTable([letter(), letter()], 100).split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe(
    'KEY       DOMAIN     TYPE      SUBJECT  RECEIVED                  CODE             REASON'.slice(0, 100),
  );
  expect(lines[1]).toMatch(/^[0-9a-f]{8} {2}inventory {2}FillTank {2}T1 .*DECISION_FAILED {2}a bug at 3.*…$/);
  expect(lines[1]).toHaveLength(100);
});

it('lets no sender steer the terminal', () => {
  const all = formatTable([letter()], 400) + formatLetter(letter({ raw: JSON.stringify({ type: '\u001b[2J' }) }));
  expect(all).not.toContain('\u001b');
});

it('shows a message that is no object', () => {
  const odd = letter({ raw: '"what?"', status: 'DISCARDED' });
  expect(formatTable([odd], 200)).toContain('DECISION_FAILED');
  expect(formatLetter(odd)).toContain('Message, as it came:\n"what?"\n');
});

it('gives a short key that depends on the whole one', () => {
  expect(shortKey('wms/P100 m1')).toMatch(/^[0-9a-f]{8}$/);
  expect(shortKey('wms/P100 m1')).not.toBe(shortKey('wms/P100 m2'));
});
