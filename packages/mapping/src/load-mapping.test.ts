import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CANONICAL, contextOf, HEAD, mappingOf, ORDER, ORDER_RULE, withFile } from './contract.fixture.ts';
import { loadMapping } from './load-mapping.ts';
import { MappingFileError } from './mapping-file.ts';

const options = { connector: 'erp', canonical: CANONICAL };
const rule = (lines: string) => `${HEAD}rules:\n  - name: order\n    record: Order\n${lines}`;
const data = (lines: string) =>
  rule(`    emit: OrderReported\n    data: { id: No, sku: No, quantity: No, ${lines} }\n`);

describe('A mapping’s file', () => {
  it('says what it is', async () => {
    const mapping = await mappingOf(`${HEAD}rules:${ORDER_RULE}`);
    expect(mapping).toMatchObject({ name: 'sap', version: 3, connector: 'erp' });
    expect(mapping.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    [
      'an expression that does not parse',
      data("due: '$date('"),
      'rules[0] order: data.due: $date(: Expected ")" before',
    ],
    [
      'a function that is not there',
      data('due: $datum(x)'),
      'rules[0] order: data.due: $datum(x): There is no $datum.',
    ],
    ['a field that is not there', data('dew: x'), 'rules[0] order: data.dew: There is no such field.'],
    [
      'a nested field that is not there',
      data('operations: [{ sequence: 1, no: x }]'),
      'data.operations[0].no: There is no',
    ],
    [
      'a nested field that is missing',
      data('operations: [{ name: x }]'),
      'data.operations[0].sequence: It is required.',
    ],
    [
      'a list for a map',
      rule('    emit: OrderReported\n    data: { id: a, sku: b, quantity: [c] }\n'),
      'data.quantity: Expected a map',
    ],
    [
      'a required field missing',
      rule('    emit: OrderReported\n    data: { id: a, sku: b }\n'),
      'data.quantity: It is required.',
    ],
    [
      'no canonical message',
      rule('    emit: OrderRumoured\n    data: { a: b }\n'),
      'emit: There is no canonical message OrderRumoured.',
    ],
    ['emit without data', rule('    emit: OrderReported\n'), 'rules[0] order: Emit and data belong together.'],
    ['data without emit', rule('    data: { a: b }\n'), 'Emit and data belong together.'],
    ['nothing for a field', data('due: null'), 'data.due: Expected an expression'],
    ['a when that does not parse', rule('    when: "a ="\n'), 'rules[0] order: when: a =: Unexpected end'],
    ['a field of a rule that is not there', rule('    emits: X\n'), 'rules[0].emits: Unexpected property'],
    ['another connector', HEAD.replace('erp', 'edi'), 'connector: Expected erp, which it is used with, found edi.'],
    ['another name', HEAD.replace('name: sap', 'name: sup'), 'name: Expected sap'],
    ['no version', HEAD.replace('version: 3\n', ''), 'version: Expected required property'],
    ['version 0', HEAD.replace('3', '0'), 'version: Expected integer to be greater or equal to 1'],
    ['a rule twice', `${HEAD}rules:${ORDER_RULE}${ORDER_RULE}`, 'rules[1] order: Another rule has this name.'],
    ['an alias', `${HEAD}rules: [&a { name: x, record: y }, *a]\n`, 'Aliases are not allowed.'],
    ['no YAML', `${HEAD}rules: [`, 'line 5: Flow sequence'],
    ['a key twice', `${HEAD}version: 4\n`, 'line 5: Map keys must be unique'],
    ['nothing', '', 'Expected object'],
    ['a list', '- a\n', 'Expected object'],
    ['too much', Buffer.alloc(1024 * 1024 + 1, 'x'), 'It has more than 1048576 bytes.'],
    ['too many levels', `${HEAD}rules: ${'['.repeat(50_000)}`, 'line 5: '],
    ['a command that does not parse', `${HEAD}commands: [{ command: X, call: "a." }]\n`, 'commands[0] X: call: a.: '],
    ['a name that means something', `${HEAD}rules: []\n__proto__: { a: 1 }\n`, 'Unexpected property'],
  ])('is refused with %s', async (_what, text, reason) => {
    const problems = await problemsOf(text);
    expect(problems.join('\n')).toContain(reason);
    for (const problem of problems) expect(problem).toMatch(/^\S+\/sap\.yml: /);
  });

  it('is told of all that is wrong in it, a line each', async () => {
    const text = `${HEAD.replace('erp', 'edi')}rules:${ORDER_RULE.replace('Amount, Unit)', 'Amount, Unit').replace('$date', '$dat')}`;
    expect(await problemsOf(text)).toHaveLength(3);
  });

  it('must be there', async () => {
    await expect(loadMapping('/nowhere/sap.yml', options)).rejects.toThrow('/nowhere/sap.yml: There is no such file.');
  });

  it('gives a mapping that maps or says why not, whatever was changed in it', async () => {
    const text = `${HEAD}crossReferences: strict\notherwise: ignore\nrules:${ORDER_RULE}commands:\n  - command: X\n    call: { a: 'data.b' }\n`;
    const pieces = [...text.matchAll(/\S+|\s+/g)].map(([piece]) => piece);
    const change = fc.record({
      at: fc.nat(pieces.length - 1),
      by: fc.oneof(
        fc.constantFrom('', ' ', '\n', '  - ', ': ', "'", '&a', '*a', '!!x', '0', '$', '$$', '**', '{', '['),
        fc.string(),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const changed = [...pieces];
        for (const { at, by } of changes) changed[at] = by;
        try {
          const mapping = await mappingOf(changed.join(''));
          const { messages, faults } = await mapping.map({ place: 'line 1', type: 'Order', data: ORDER }, contextOf());
          for (const fault of faults) expect(fault).toMatchObject({ place: 'line 1', code: expect.any(String) });
          expect(messages.length + faults.length).toBeLessThan(20);
        } catch (error) {
          expect(error).toBeInstanceOf(MappingFileError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

async function problemsOf(text: string | Buffer): Promise<readonly string[]> {
  return withFile(text, async (path) => {
    try {
      await loadMapping(path, options);
      return [];
    } catch (error) {
      expect(error).toBeInstanceOf(MappingFileError);
      return (error as MappingFileError).problems;
    }
  });
}
