import { describe, expect, it } from 'vitest';
import { ALL_UP, provenanceOf } from './index.ts';

const clock = () => new Date('2026-11-23T08:00:00Z');
const CONTEXT = { clock, sources: ALL_UP };
const asOf = (text: string) => ({ system: 'erp', instance: 'P100', asOf: text });

describe('what is known of a source', () => {
  it('is fresh for a day', () => {
    const heard = asOf('2026-11-22T08:00:00Z');
    expect(provenanceOf(heard, CONTEXT)).toEqual({ ...heard, freshness: 'FRESH', staleSince: null });
  });

  it('is stale since a day after its source last told it', () => {
    expect(provenanceOf(asOf('2026-11-22T07:59:59Z'), CONTEXT)).toMatchObject({
      freshness: 'STALE',
      staleSince: '2026-11-23T07:59:59.000Z',
    });
    expect(provenanceOf(asOf('2026-11-23T08:00:00Z'), CONTEXT, { heardAt: '2026-11-20T08:00:00Z' })).toMatchObject({
      freshness: 'STALE',
      staleSince: '2026-11-21T08:00:00.000Z',
    });
  });

  it('is stale since its source is down, however little ago it told it', () => {
    expect(provenanceOf(asOf('2026-11-23T07:00:00Z'), CONTEXT, { downSince: '2026-11-23T07:30:00Z' })).toMatchObject({
      freshness: 'STALE',
      staleSince: '2026-11-23T07:30:00.000Z',
    });
  });

  it('is stale since what was there first, and never since before it was known', () => {
    expect(provenanceOf(asOf('2026-11-20T08:00:00Z'), CONTEXT, { downSince: '2026-11-22T08:00:00Z' }).staleSince).toBe(
      '2026-11-21T08:00:00.000Z',
    );
    expect(provenanceOf(asOf('2026-11-23T07:00:00Z'), CONTEXT, { downSince: '2026-11-22T08:00:00Z' }).staleSince).toBe(
      '2026-11-23T07:00:00.000Z',
    );
  });

  it('is stale for all that a system told, once others hear that it is down', () => {
    const sources = { downSince: (system: string) => (system === 'erp/P100' ? '2026-11-23T07:30:00Z' : undefined) };
    const told = asOf('2026-11-23T07:00:00Z');
    expect(provenanceOf(told, { clock, sources }).staleSince).toBe('2026-11-23T07:30:00.000Z');
    expect(provenanceOf({ ...told, instance: 'P200' }, { clock, sources }).freshness).toBe('FRESH');
  });
});
