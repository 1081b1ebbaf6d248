import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExpression, type Scope } from './expression.ts';
import { ExpressionError } from './faults.ts';
import { NO_CROSS_REFERENCES } from './mapping.ts';
import { toldReferences } from './mapping.fixture.ts';
import { plain, recordFault } from './plain.ts';
import { ReferenceReader } from './references.ts';

const settings = { units: new Map([['ST', 'PC']]), strictReferences: false };
const at = '2026-01-05T12:00:00Z';

describe('An expression', () => {
  it.each([
    ['$canonical("PRODUCT", sku)', 'FG-1'],
    ['"x" & $canonical("PRODUCT", other) & $canonical("LOCATION", other)', 'xM-9M-9'],
    ['$canonical("PRODUCT", missing)', undefined],
    ['$source("PRODUCT", "FG-1")', 'M-1'],
    ['lines.$canonical("PRODUCT", sku)', ['FG-1', 'M-2']],
    ['$quantity(amount, unit).value', '12.5'],
    ['$document.key & "/" & $index & "/" & $system', 'D-1/3/erp/P100'],
    ['$record.sku', 'M-1'],
    ['lines[0].sku ~> $lowercase', 'm-1'],
    ['$sum(lines.n)', 3],
    ['( $x := sku; $map(lines, function($line) { $line.sku & $x }) )', ['M-1M-1', 'M-2M-1']],
    ['lines#$i.($i & sku)', ['0M-1', '1M-2']],
  ])('%s', async (text, value) => {
    const input = {
      ...{ sku: 'M-1', other: 'M-9', amount: '12.50', unit: 'ST' },
      lines: [
        { sku: 'M-1', n: 1 },
        { sku: 'M-2', n: 2 },
      ],
    };
    for (const direct of [true, false]) {
      const expression = readExpression(text, { ...settings, direct });
      expect(plain(await expression.evaluate(input, scopeOf(input)), undefined)).toEqual(value);
    }
  });

  it.each([
    ['$now()', '$now may not be used'],
    ['$eval("1")', '$eval may not be used'],
    ['$random()', '$random may not be used'],
    ['$trimm(a)', 'There is no $trimm.'],
    ['a.(b', 'Expected ")"'],
    ['', 'Unexpected end of expression'],
    ['x'.repeat(10_001), 'more than 10000 characters'],
    ['$canonical("PRODUKT", a)', 'Expected PRODUCT'],
    ['$date(a, "JJJJ")', 'Expected a pattern'],
    ['$instant(a, b, "Europe/Atlantis")', 'Expected an IANA time zone'],
    ['$match(a, /(a+)+$/)', 'repeats what repeats'],
    ['$match(a, /(?:a|aa)*$/)', 'repeats what repeats'],
    ['$match(a, /((a*)b)*$/)', 'repeats what repeats'],
    ['$contains(a, /([a-z]+\\d?){2,}x/)', 'repeats what repeats'],
  ])('%s is refused', (text, reason) => {
    expect(() => readExpression(text, settings)).toThrow(reason);
  });

  it.each(['$match(a, /^0+(?=.)/)', '$replace(a, /[+*]+/, "")', '$match(a, /(\\d+)-(\\d+)/)', '$match(a, /(a\\+)+/)'])(
    '%s is not',
    (text) => {
      expect(readExpression(text, settings).text).toBe(text);
    },
  );

  it.each([
    ['nothing that ends', '($f := function($n) { $f($n) }; $f(1))', 'more than 200000 steps'],
    ['no deep recursion', '($f := function($n) { 1 + $f($n + 1) }; $f(1))', 'Stack overflow'],
    ['no millions of items', '[1..n]', 'sequence length'],
    ['no gigabytes of text', '$pad("x", n)', 'at most 1000'],
    ['no steps without number', '$map([1..90000], function($i) { [$i, $i + 1, $i + 2] })', 'steps'],
    ['no search without end', '$replace(blanks, /\\s+$/, "")', 'at most 10000 characters'],
    ['what it asserts itself', '$assert(n < 5, "Too many")', 'Too many'],
    ['a unit that nobody knows', '$unit("LB")', 'no unit for "LB"'],
  ])('takes %s', async (_what, text, reason) => {
    const input = { n: 9_000_000, blanks: `${' '.repeat(1_000_000)}x` };
    await expect(readExpression(text, settings).evaluate(input, scopeOf(input))).rejects.toThrow(reason);
  });

  it('reaches nothing but the record and its functions', async () => {
    const input = { a: 'x', list: [1] };
    for (const text of [
      'a.constructor',
      '$record.constructor.constructor',
      'list.push',
      'process',
      'require',
      '$lookup($, "__proto__")',
    ]) {
      expect(await readExpression(text, settings).evaluate(input, scopeOf(input)), text).toBeUndefined();
    }
  });

  it('does not change the record', async () => {
    const input = { a: { b: [1] }, list: [{ x: 1 }], none: [], nested: [[]] };
    const before = structuredClone(input);
    for (const text of [
      '$ ~> |a|{"b": 2}|',
      'list[]',
      'none{"x": 1}',
      'nested.{"x": 1}',
      '$record.none{"x": 1}',
      '$append(list, 1)',
      '$merge([a, {"c": 1}])',
      '$sort(list, function($l, $r) { true })',
    ]) {
      await readExpression(text, settings).evaluate(input, scopeOf(input));
    }
    // JSONata leaves marks on lists, which JSON does not see.
    expect(JSON.stringify(input)).toBe(JSON.stringify(before));
  });

  it('says that it is the cross-references that cannot be read', async () => {
    const crossReferences = { ...NO_CROSS_REFERENCES, toCanonical: () => Promise.reject(new Error('disk full')) };
    for (const direct of [true, false]) {
      const expression = readExpression('$canonical("PRODUCT", "a") & "x"', { ...settings, direct });
      await expect(expression.evaluate({}, scopeOf({}, crossReferences))).rejects.toMatchObject({
        name: 'ReferencesUnavailableError',
      });
    }
  });

  it('refuses an id that nobody has told, if it must be told', async () => {
    for (const direct of [true, false]) {
      const expression = readExpression('$canonical("PRODUCT", id)', { ...settings, strictReferences: true, direct });
      expect(await expression.evaluate({ id: 'M-1' }, scopeOf({}))).toBe('FG-1');
      await expect(expression.evaluate({ id: 'M-9' }, scopeOf({}))).rejects.toMatchObject({
        code: 'UNKNOWN_REFERENCE',
        reason: 'Nobody has told the PRODUCT of what erp/P100 calls M-9.',
      });
    }
  });
});

describe('Without JSONata', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const literal = fc.oneof(
    fc.constantFrom('"a"', '"x y"', '" z "', '""', '0', '1', '-2.5', '1e21', 'true', 'false', 'null'),
    fc.integer({ min: -5, max: 5 }).map(String),
  );
  const path = fc
    .tuple(fc.constantFrom('', '$record.', '$.', '$document.'), fc.array(name, { minLength: 1, maxLength: 3 }))
    .map(([start, names]) => start + names.join('.'));
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(path, literal),
      fc
        .tuple(
          tie('expression'),
          fc.constantFrom('&', '=', '!=', '<', '<=', '>', '>=', 'and', 'or', '+'),
          tie('expression'),
        )
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      fc
        .tuple(tie('expression'), tie('expression'), tie('expression'))
        .map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`),
      fc.tuple(tie('expression'), tie('expression')).map(([test, yes]) => `(${test} ? ${yes})`),
      fc.tuple(tie('expression'), tie('expression')).map(([first, second]) => `(${first} ?? ${second})`),
      fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `{"x": ${x}, "y": ${y}}`),
      fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `{"x": ${x}, "y": ${y}}.x`),
      fc
        .tuple(tie('expression'), fc.array(fc.constantFrom('"a"', '"x y"', '""')))
        .map(([x, list]) => `(${x} in [${list.join(', ')}])`),
      fc
        .tuple(
          fc.constantFrom(
            'string',
            'trim',
            'uppercase',
            'lowercase',
            'not',
            'exists',
            'unit',
            'decimal',
            'withoutZeros',
          ),
          tie('expression'),
        )
        .map(([called, x]) => `$${called}(${x})`),
      fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `$contains(${x}, ${y})`),
      fc
        .tuple(fc.array(tie('expression'), { maxLength: 3 }), fc.constantFrom('"/"', '""', 'a'))
        .map(([list, separator]) => `$join([${list.join(', ')}], ${separator})`),
      fc
        .tuple(
          tie('expression'),
          fc.integer({ min: -6, max: 6 }),
          fc.option(fc.integer({ min: -2, max: 6 }), { nil: undefined }),
        )
        .map(
          ([x, start, length]) => `$substring(${[x, start, length].filter((each) => each !== undefined).join(', ')})`,
        ),
      tie('expression').map((x) => `$lookup({"a": 1, "x y": "b"}, ${x})`),
      tie('expression').map((x) => `$canonical("PRODUCT", ${x})`),
    ),
  }));
  const scalar = fc.oneof(
    fc.constantFrom('', 'a', ' x  y\n', '000', '4711', 'ä𝒳', 'ST'),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.dictionary(name, tie('value'), { maxKeys: 4 }),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  }));
  const record = fc.oneof(
    { arbitrary: fc.dictionary(name, value, { maxKeys: 4 }), weight: 9 },
    { arbitrary: value, weight: 1 },
  );

  it('gives what JSONata gives', async () => {
    let plainOnes = 0;
    await fc.assert(
      fc.asyncProperty(expression, record, async (text, data) => {
        const [direct, withJsonata] = await Promise.all(
          [true, false].map((each) =>
            outcome(readExpression(text, { ...settings, direct: each }).evaluate(data, scopeOf(data))),
          ),
        );
        expect(direct).toEqual(withJsonata);
        if (direct !== 'threw') plainOnes += 1;
      }),
      { numRuns: 3_000 },
    );
    expect(plainOnes).toBeGreaterThan(500);
  });

  it('and once for a record gives what each of its items alone gives', async () => {
    let sharedOnes = 0;
    await fc.assert(
      fc.asyncProperty(expression, record, fc.array(record, { maxLength: 3 }), async (text, data, items) => {
        const read = readExpression(text, settings);
        const shared = scopeOf(data);
        for (const item of items) {
          const together = await outcome(read.evaluate(item, shared));
          expect(together).toEqual(await outcome(read.evaluate(item, scopeOf(data))));
        }
        sharedOnes += shared.ofRecord.size;
      }),
      { numRuns: 2_000 },
    );
    expect(sharedOnes).toBeGreaterThan(50);
  });

  it.each([
    '$record.a',
    '$join([$record.a, $document.key, "x"], "/")',
    '$exists($record.a.b) ? $canonical("PRODUCT", $record.a.b) : $uppercase($system)',
    '($record.a in ["x", $record.b]) and $record.n + 1 > 2',
  ])('%s is evaluated once for a record', async (text) => {
    const scope = scopeOf({});
    await readExpression(text, settings).evaluate({}, scope);
    expect(scope.ofRecord.size).toBe(1);
  });

  it.each([
    'a',
    '$index',
    '$',
    '$$.a',
    '$string()',
    '$record.$index',
    '$record.a[b = $$.b]',
    '$record.lines.%.a',
    '$substringBefore("x")',
    '$record ~> $string',
    '{"a": $record.a}',
    '($x := a; $x)',
  ])('%s is evaluated for each item', async (text) => {
    const scope = scopeOf({ a: 'x' });
    await readExpression(text, settings)
      .evaluate('y', scope)
      .catch(() => undefined);
    expect(scope.ofRecord.size).toBe(0);
  });

  async function outcome(evaluation: Promise<unknown>): Promise<{ gave: unknown } | 'threw'> {
    try {
      return { gave: JSON.parse(JSON.stringify({ value: plain(await evaluation, undefined) })) };
    } catch (error) {
      // Of several faults, whichever comes first.
      expect(error).toBeInstanceOf(ExpressionError);
      return 'threw';
    }
  }
});

describe('A record', () => {
  it('may not be deeper than anybody writes, nor have names that mean something to programs', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = level % 2 === 0 ? [deep] : { a: deep };
    expect(recordFault(deep)).toBe('It has more than 64 levels.');
    for (const text of [
      '{"a":[{"__proto__":{"admin":true}}]}',
      '{"_jsonata_lambda":true}',
      '{"_jsonata_function":true}',
    ]) {
      expect(recordFault(JSON.parse(text))).toContain('may not be named');
    }
    expect(recordFault({ a: [{ b: null }], constructor: 'x' })).toBeUndefined();
  });

  it('gives data of its own, without functions and with numbers that are some', () => {
    expect(() => plain({ a: () => 1 }, undefined)).toThrow('a function');
    expect(() => plain([Infinity], undefined)).toThrow('received Infinity');
    expect(() => plain(JSON.parse('{"__proto__":{}}'), undefined)).toThrow('may not be named');
    const made = plain({ a: [1, undefined, { b: 2 }] }, undefined);
    expect(made).toEqual({ a: [1, { b: 2 }] });
    expect(Object.getPrototypeOf({})).not.toHaveProperty('admin');
  });
});

function scopeOf(record: unknown, crossReferences = toldReferences({ PRODUCT: { 'M-1': 'FG-1' } })): Scope {
  const context = { system: 'erp/P100', document: { key: 'D-1', time: at, receivedAt: at }, crossReferences };
  const references = new ReferenceReader(crossReferences, 'erp/P100', () => 0);
  return { record, index: 3, context, references, ofRecord: new Map() };
}
