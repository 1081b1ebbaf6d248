import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from './decode.ts';
import { hear, type Heard, type NodeState } from './node.ts';
import { encode, type Metric } from './payload.fixture.ts';
import type { ReportType } from './topic.ts';

const bdSeq = (value: number): Metric => ({ name: 'bdSeq', type: 'Int64', value });
const speed = (alias: number, value: number): Metric => ({ name: 'Speed', type: 'Int32', alias, value });
const byAlias = (alias: number, value: number) => ({ type: 'Int32', alias, value }) as Metric;

function heard(node: NodeState | undefined, type: ReportType, seq: number, metrics: Metric[], session = 1): Heard {
  const device = type.startsWith('D') ? 'M1' : undefined;
  const topic = { group: 'P100', node: 'edge', type, ...(device !== undefined && { device }) };
  const payload = encode({ timestamp: 1_000, metrics, ...(type !== 'NDEATH' && { seq }) });
  return hear(node, topic, decode(payload), session);
}

function born(): NodeState | undefined {
  const { node } = heard(undefined, 'NBIRTH', 0, [bdSeq(7)]);
  return heard(node, 'DBIRTH', 1, [speed(5, 0)]).node;
}

describe('an edge node', () => {
  it('has its aliases resolved by its birth', () => {
    expect(heard(born(), 'DDATA', 2, [byAlias(5, 9)]).verdict).toEqual({ kind: 'USABLE', names: [['Speed', 3]] });
  });

  it('is asked to be born again by data before its birth, by a gap, an unknown alias and a lost session', () => {
    for (const { verdict } of [
      heard(undefined, 'DDATA', 2, [byAlias(5, 9)]),
      heard(born(), 'DDATA', 3, [byAlias(5, 9)]),
      heard(born(), 'DDATA', 2, [byAlias(6, 9)]),
      heard(born(), 'DDATA', 2, [byAlias(5, 9)], 2),
    ]) {
      expect(verdict).toMatchObject({ kind: 'REFUSED', rebirth: true });
    }
  });

  it('is not believed after a gap until it is born again', () => {
    const { node } = heard(born(), 'DDATA', 3, [byAlias(5, 9)]);
    expect(heard(node, 'DDATA', 4, [byAlias(5, 9)]).verdict).toMatchObject({ code: 'SEQUENCE_GAP' });
    expect(heard(node, 'NBIRTH', 0, [bdSeq(7)]).verdict).toEqual({ kind: 'USABLE' });
  });

  it('dies by the death of its own life alone', () => {
    expect(heard(born(), 'NDEATH', 0, [bdSeq(6)]).verdict).toMatchObject({ code: 'OLD_DEATH' });
    const { node, verdict } = heard(born(), 'NDEATH', 0, [bdSeq(7)]);
    expect(verdict).toEqual({ kind: 'USABLE', devices: ['M1'] });
    expect(heard(node, 'DDATA', 2, [byAlias(5, 9)]).verdict).toMatchObject({ code: 'NO_BIRTH', rebirth: true });
  });

  it('loses one device by DDEATH', () => {
    const { node } = heard(born(), 'DDEATH', 2, []);
    expect(heard(node, 'DDATA', 3, [byAlias(5, 9)]).verdict).toMatchObject({ code: 'NO_BIRTH' });
  });

  it('is heard all through any number of messages in order, and a repeated one changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 600 }), (repeats) => {
        let node = born();
        for (const [index, isRepeated] of repeats.entries()) {
          const seq = (index + 2) % 256;
          const first = heard(node, 'DDATA', seq, [byAlias(5, index)]);
          expect(first.verdict.kind).toBe('USABLE');
          node = first.node;
          if (isRepeated)
            expect(heard(node, 'DDATA', seq, [byAlias(5, index)])).toMatchObject({ node, verdict: { late: true } });
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is never believed across a message that is missing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 127 }), fc.integer({ min: 1, max: 20 }), (missing, more) => {
        let node = born();
        for (let step = 0; step < more; step += 1) {
          const next = heard(node, 'DDATA', (2 + missing + step) % 256, [byAlias(5, 1)]);
          expect(next.verdict.kind).toBe('REFUSED');
          node = next.node;
        }
      }),
    );
  });
});
