import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeInterchange } from './decode.ts';
import { readInterchange } from './interchange.ts';
import { readDocument } from './read-document.ts';
import { recordsOf } from './records.ts';
import { isa, SAMPLES, st, unb, wrongCount } from './samples.fixture.ts';
import type { Syntax } from './segment.ts';
import { splitInterchanges } from './split.ts';
import { writeEdifact, writeX12, type SegmentText } from './write.ts';

const PARTNERS = {
  sender: { qualifier: 'ZZ', id: 'A' },
  receiver: { qualifier: 'ZZ', id: 'B' },
  control: '7',
  at: new Date('2026-11-20T08:15:00Z'),
};
const DELIMITERS = Array.from('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~\n\x1c\x1d\x1e');
const delimiters = (count: number) =>
  fc.uniqueArray(fc.constantFrom(...DELIMITERS), { minLength: count, maxLength: count });
const inline = fc.string({
  unit: fc.constantFrom(...Array.from("abcXYZ019 äß*+:~'?^!<>|")),
  minLength: 1,
  maxLength: 12,
});
const segmentsWith = (value: fc.Arbitrary<string>) =>
  fc.array(
    fc.tuple(
      fc.constantFrom('ABC', 'DE', 'F1'),
      fc.array(fc.oneof(value, fc.array(value, { minLength: 2, maxLength: 4 })), { minLength: 1, maxLength: 5 }),
    ),
    { maxLength: 10 },
  );

const read = (text: string) => readDocument(text, { isRepeated: false, takesTests: false });
const refusal = (text: string) => {
  const { refusal: found } = read(text);
  return found && `${found.code} ${found.reason}`;
};

describe('an interchange', () => {
  it('of EDIFACT reads as it was written, with any delimiters and any text', () => {
    fc.assert(
      fc.property(
        delimiters(5),
        segmentsWith(inline),
        ([component, element, release, repetition, terminator], body) => {
          const syntax = { component, element, release, repetition, terminator } as Syntax;
          const segments = body.map(([tag, elements]): SegmentText => [tag, ...elements]);
          const messages = [{ type: 'DELFOR', control: '1', segments }];
          const { faults, groups } = readInterchange(writeEdifact({ ...PARTNERS, syntax, level: 'UNOY:4', messages }));
          expect(faults).toEqual([]);
          const found = groups[0]!.messages[0]!.segments.slice(1, -1).map((each) => [each.tag, each.all()]);
          expect(found).toEqual(body.map(([tag, elements]) => [tag, elements.map((each) => [[each].flat()])]));
        },
      ),
    );
  });

  it('of X12 reads as it was written, with any delimiters and any text without them', () => {
    fc.assert(
      fc.property(delimiters(4), segmentsWith(fc.stringMatching(/^[a-zA-Z0-9]{1,10}$/)), (chosen, body) => {
        const [component, element, repetition, terminator] = chosen;
        const syntax = { component, element, repetition, terminator } as Syntax;
        const segments = body.map(([tag, elements]): SegmentText => [tag, ...elements]);
        const groups = [{ code: 'PS', control: '1', messages: [{ type: '830', control: '0001', segments }] }];
        const found = readInterchange(writeX12({ ...PARTNERS, syntax, version: '005010', groups }));
        expect(found.faults).toEqual([]);
        const inside = found.groups[0]!.messages[0]!.segments.slice(1, -1).map((each) => [each.tag, each.all()]);
        expect(inside).toEqual(body.map(([tag, elements]) => [tag, elements.map((each) => [[each].flat()])]));
      }),
    );
  });

  it('may have repeated elements', () => {
    const text = writeEdifact({ ...PARTNERS, level: 'UNOC:4', messages: [] }).replace(
      'UNZ+0',
      "UNH+1+X:D:96A:UN'AB+1:2*3:4'UNT+3+1'UNZ+1",
    );
    const segment = readInterchange(text).groups[0]!.messages[0]!.segments[1]!;
    expect([segment.value(1, 2, 1), segment.value(1, 1, 2)]).toEqual(['2', '3']);
  });

  it('may have a reserved character that is no space, in versions that do not use it', () => {
    const text = `UNA:+.?*'${SAMPLES.DELFOR}`;
    expect(read(text).refusal).toBeUndefined();
  });

  it('may have groups in EDIFACT', () => {
    const text =
      "UNB+UNOA:3+A+B+261120:0815+9'UNG+DELFOR+A+B+261120:0815+1+UN+D:96A'UNH+1+DELFOR:D:96A:UN'UNT+2+1'UNE+1+1'UNZ+1+9'";
    expect(readInterchange(text)).toMatchObject({
      faults: [],
      control: '9',
      groups: [{ code: 'DELFOR', control: '1' }],
    });
  });

  it.each([
    ['UNOC', 'ü', 0xfc],
    ['UNOD', 'ű', 0xfb],
    ['UNOE', 'ж', 0xd6],
  ])('of %s is in its character set', (level, letter, byte) => {
    const head = Buffer.from(`UNB+${level}:3+A+B+261120:0815+`);
    expect(decodeInterchange(Buffer.concat([head, Buffer.from([byte])]))).toContain(letter);
  });

  it('of X12 is UTF-8, or else latin-1', () => {
    expect(decodeInterchange(Buffer.from('ISA ü', 'utf8'))).toBe('ISA ü');
    expect(decodeInterchange(Buffer.from('ISA ü', 'latin1'))).toBe('ISA ü');
  });

  it.each([
    ['a count of segments', wrongCount(SAMPLES['830'], 'SE*'), 'COUNT_MISMATCH segment 18 (SE) at character'],
    ['a count of messages', SAMPLES['830'].replace('GE*1*', 'GE*2*'), 'COUNT_MISMATCH segment 19 (GE)'],
    ['a count of groups', SAMPLES['830'].replace('IEA*1', 'IEA*3'), 'COUNT_MISMATCH segment 20 (IEA)'],
    [
      'a reference',
      SAMPLES['830'].replace('IEA*1*000000001', 'IEA*1*000000002'),
      'REFERENCE_MISMATCH segment 20 (IEA)',
    ],
    ['a reference of EDIFACT', SAMPLES.DELFOR.replace("UNZ+1+11'", "UNZ+1+12'"), 'REFERENCE_MISMATCH segment 20 (UNZ)'],
    [
      'an ISA that is too short',
      SAMPLES['830'].replace('SUPPLIER       ', 'SUPPLIER'),
      'NOT_AN_INTERCHANGE beginning: ISA06',
    ],
    ['no interchange at all', 'hello', 'NOT_AN_INTERCHANGE beginning: It begins with neither'],
    ['delimiters that are the same', SAMPLES['830'].replaceAll('>', '*'), 'NOT_AN_INTERCHANGE'],
  ])('with %s that is wrong is rejected whole, with the segment named', (_what, text, expected) => {
    expect(refusal(text)?.slice(0, expected.length)).toBe(expected);
  });

  it.each(Object.entries(SAMPLES))(
    '%s cut off anywhere is rejected whole, with the last segment named',
    (_type, sample) => {
      const whole = sample.trimEnd().length - 1;
      for (let end = 1; end < whole; end += 7) {
        const found = refusal(sample.slice(0, end));
        expect(found).toMatch(
          /^(TRUNCATED segment \d+ \(.+\)|NOT_AN_INTERCHANGE|REFERENCE_MISMATCH segment \d+ \((IEA|UNZ)\)|COUNT_MISMATCH)/,
        );
      }
    },
  );

  it('that says it is a test is rejected', () => {
    expect(refusal(SAMPLES['830'].replace('*P*>', '*T*>'))).toMatch(/^TEST_INTERCHANGE/);
  });
});

describe('a file', () => {
  const split = (text: string) => splitInterchanges(text).map(({ from, to }) => text.slice(from, to).trim());

  it('of several interchanges is cut into them, whatever they are written in', () => {
    const all = Object.values(SAMPLES);
    expect(split(all.join('\n\n'))).toEqual(all.map((each) => each.trim()));
  });

  it('keeps interchanges apart where one is cut off in the middle of a segment', () => {
    const cut = SAMPLES['830'].slice(0, 400);
    expect(split(cut + SAMPLES.DELFOR + SAMPLES['856'])).toEqual([
      cut.trim(),
      SAMPLES.DELFOR.trim(),
      SAMPLES['856'].trim(),
    ]);
  });

  it('shows what is between interchanges as something of its own', () => {
    expect(split(`junk\n${SAMPLES['830']}more junk`)).toEqual(['junk', SAMPLES['830'].trim(), 'more junk']);
  });

  it('may have newlines for terminators, and be filled up with nothing', () => {
    const text = SAMPLES['830'].replaceAll('~\n', '\n');
    expect(split(`${text}\0\0\x1a`)).toEqual([text.trim()]);
    expect(read(text).refusal).toBeUndefined();
    expect(read(text.replaceAll('\n', '\r\n')).refusal).toBeUndefined();
  });
});

describe('anything', () => {
  it('is read or rejected, never more: mutations of real messages', () => {
    const samples = Object.values(SAMPLES);
    const mutation = fc.record({
      sample: fc.constantFrom(...samples),
      cuts: fc.array(fc.tuple(fc.nat(3000), fc.nat(40), fc.string({ unit: 'binary-ascii', maxLength: 5 })), {
        minLength: 1,
        maxLength: 6,
      }),
    });
    fc.assert(
      fc.property(mutation, ({ sample, cuts }) => {
        let text = sample;
        for (const [at, length, put] of cuts) {
          const from = at % text.length;
          text = text.slice(0, from) + put + text.slice(from + length) || 'x';
        }
        for (const { from, to } of splitInterchanges(text)) {
          const document = read(text.slice(from, to));
          if (!document.refusal) Array.from(recordsOf(document, { cumulativeMismatches: [] }));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('takes time in proportion to its size', () => {
    const hostile = [
      `UNA:+.? '${'?'.repeat(400_000)}'`,
      `${SAMPLES.DELFOR.slice(0, 60)}${"?'".repeat(200_000)}`,
      'ISA*'.repeat(200_000),
      'UNA'.repeat(200_000),
      `UNA${' '.repeat(400_000)}UNB`,
      isa(
        '1',
        st('856', [
          'BSN*00*A*20261120',
          ...Array.from({ length: 20_000 }, (_, index) => `HL*${index + 1}*${index || ''}*I`),
        ]),
        'SH',
      ),
      isa('1', Array.from({ length: 20_000 }, (_, index) => st('997', [], String(index))).flat(), 'FA'),
      unb(
        '1',
        'DESADV',
        `BGM+351+A'${Array.from({ length: 10_000 }, (_, index) => `CPS+${index + 1}+${index || ''}'LIN+1'`).join('')}`,
      ),
    ];
    const started = performance.now();
    for (const text of hostile) {
      for (const { from, to } of splitInterchanges(text)) {
        const document = read(text.slice(from, to));
        if (!document.refusal) Array.from(recordsOf(document, { cumulativeMismatches: [] }));
      }
    }
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
