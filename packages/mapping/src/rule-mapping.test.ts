import type { CloudEvent } from '@takt/event-log';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CANONICAL, contextOf, HEAD, mappingOf, ORDER, ORDER_RULE } from './contract.fixture.ts';
import { NO_CROSS_REFERENCES } from './mapping.ts';
import { MappingError } from './rule-mapping.ts';
import { testMapping } from './test-mapping.ts';

const order = (data: unknown) => ({ place: 'line 7', type: 'Order', data });
const REPORTED = {
  domain: 'orders',
  type: 'OrderReported',
  data: { id: 'P100-7', sku: 'FG-1', quantity: { value: '5', unit: 'PC' }, due: '2026-01-05' },
};

describe('A record', () => {
  it('may say null for what is absent', async () => {
    const rule = ORDER_RULE.replace('      due:', "      tags: 'Tags'\n      operations: 'Steps'\n      due:");
    const mapping = await mappingOf(`${HEAD}rules:${rule}`);
    const steps = [{ sequence: 10, name: null }, null];
    const mapped = await mapping.map(order({ ...ORDER, Tags: null, Steps: steps }), contextOf());
    expect(mapped.messages[0]?.data).toEqual({ ...REPORTED.data, operations: [{ sequence: 10 }] });
  });

  it('is mapped by the rules for its type, each for itself', async () => {
    const stock = `
  - name: stock
    record: [Order, Stock]
    when: 'Amount != "0"'
    emit: StockReported
    id: '$document.key & "-" & No'
    time: '$instant(Due, "12:00", "Europe/Berlin")'
    cause: '"SHORTAGE"'
    data: { sku: Material, onHand: { value: '$decimal(Amount)', unit: '"PC"' } }
`;
    const mapping = await mappingOf(`${HEAD}rules:${ORDER_RULE}${stock}`);
    expect(await mapping.map(order(ORDER), contextOf())).toEqual({
      messages: [
        REPORTED,
        {
          domain: 'stock',
          type: 'StockReported',
          data: { sku: 'M-1', onHand: { value: '5', unit: 'PC' } },
          id: 'D-1-7',
          time: '2026-01-05T11:00:00.000Z',
          cause: 'SHORTAGE',
        },
      ],
      faults: [],
    });
    const { messages } = await mapping.map(order({ ...ORDER, Amount: '0' }), contextOf());
    expect(messages.map(({ type }) => type)).toEqual(['OrderReported']);
  });

  it('leaves out what it does not say', async () => {
    const mapping = await mappingOf(`${HEAD}rules:${ORDER_RULE}`);
    const { messages } = await mapping.map(order({ ...ORDER, Due: '00000000' }), contextOf());
    expect(messages[0]?.data).not.toHaveProperty('due');
  });

  it('gives a message for each of its items, which know the whole and their place', async () => {
    const rule = ORDER_RULE.replace('record: Order', 'record: Order\n    forEach: lines')
      .replace('"P100-" & No', '$record.No & "/" & $index')
      .replace('Due, "', '$record.Due, "');
    const mapping = await mappingOf(`${HEAD}rules:${rule}`);
    const line = (Material: string) => ({ Material, Amount: 1, Unit: 'ST' });
    const map = async (lines: unknown) => {
      const { messages, faults } = await mapping.map(order({ ...ORDER, lines }), contextOf());
      return [messages.map(({ data }) => (data as { id: string }).id), faults.length];
    };
    expect(await map([line('M-1'), line('M-2')])).toEqual([['7/0', '7/1'], 0]);
    expect(await map(line('M-1'))).toEqual([['7/0'], 0]);
    expect(await map([])).toEqual([[], 0]);
    expect(await map(undefined)).toEqual([[], 0]);
    expect(await map([line('M-1'), { Material: 'M-2' }, line('M-3')])).toEqual([['7/0', '7/2'], 1]);
    expect(await map(Array.from({ length: 100_001 }, () => 1))).toEqual([[], 1]);
  });

  it('makes lists of what is a list, even of one', async () => {
    const rule = `${ORDER_RULE}      tags: tags\n      operations: 'steps.{ "sequence": no, "name": name }'\n`;
    const mapping = await mappingOf(`${HEAD}rules:${rule}`);
    const data = { ...ORDER, tags: 'urgent', steps: [{ no: 10, name: 'saw' }] };
    expect((await mapping.map(order(data), contextOf())).messages[0]?.data).toMatchObject({
      tags: ['urgent'],
      operations: [{ sequence: 10, name: 'saw' }],
    });
  });

  it('is made from nested maps, lists and plain values', async () => {
    const rule = `${ORDER_RULE}      operations: [{ sequence: 10, name: first }, { sequence: 'second' }]\n`;
    const mapping = await mappingOf(`${HEAD}rules:${rule}`);
    const { messages } = await mapping.map(order({ ...ORDER, second: 20 }), contextOf());
    expect(messages[0]?.data).toMatchObject({ operations: [{ sequence: 10 }, { sequence: 20 }] });
  });

  it.each([
    [{ Unit: 'LB' }, 'UNKNOWN_UNIT', 'data.quantity', '$quantity(Amount, Unit)', 'no unit for "LB"'],
    [{ Due: '20260231' }, 'MAPPING_FAILED', 'data.due', '$date(Due, "YYYYMMDD")', 'not a day of the calendar'],
    [
      { Material: undefined },
      'SCHEMA_VIOLATION',
      'data.sku',
      '$canonical("PRODUCT", Material)',
      'data.sku: Expected required',
    ],
    [{ Amount: 'many' }, 'MAPPING_FAILED', 'data.quantity', '$quantity(Amount, Unit)', 'received "many"'],
    [
      { Material: ['M-1', 'M-2'] },
      'MAPPING_FAILED',
      'data.sku',
      '$canonical("PRODUCT", Material)',
      'received a list of 2',
    ],
  ])('with %o names the rule, the field and the expression', async (wrong, code, field, expression, reason) => {
    const mapping = await mappingOf(`${HEAD}rules:${ORDER_RULE}`);
    const { messages, faults } = await mapping.map(order({ ...ORDER, ...wrong }), contextOf());
    expect(messages).toEqual([]);
    expect(faults).toEqual([
      { code, place: 'line 7', rule: 'order', field, expression, reason: expect.stringContaining(reason) as string },
    ]);
  });

  it('tells all of its faults, in one order', async () => {
    const mapping = await mappingOf(`${HEAD}crossReferences: strict\nrules:${ORDER_RULE}`);
    const wrong = { ...ORDER, Unit: 'LB', Due: '20260231', Material: 'M-9' };
    const { faults } = await mapping.map(order(wrong), contextOf());
    expect(faults.map(({ field, code }) => `${field ?? ''} ${code}`)).toEqual([
      'data.due MAPPING_FAILED',
      'data.quantity UNKNOWN_UNIT',
      'data.sku UNKNOWN_REFERENCE',
    ]);
  });

  it.each([
    ["when: 'No'", 'when', 'Expected true or false'],
    ["when: 'No + 1 > 0'", 'when', 'left side'],
    ["id: '$pad(No, 300)'", 'id', 'Expected text of 1 to 256 characters'],
    ["time: 'Due'", 'time', 'Expected a time in RFC 3339'],
    ['cause: \'"WEATHER"\'', 'cause', 'Expected REPORTED'],
    ['forEach: \'$error("No lines")\'', 'forEach', 'No lines'],
  ])('is not mapped with %s', async (line, field, reason) => {
    const mapping = await mappingOf(
      `${HEAD}rules:${ORDER_RULE.replace('record: Order', `record: Order\n    ${line}`)}`,
    );
    const { messages, faults } = await mapping.map(order(ORDER), contextOf());
    expect(messages).toEqual([]);
    expect(faults).toEqual([
      expect.objectContaining({ field, rule: 'order', reason: expect.stringContaining(reason) }),
    ]);
  });

  it('that no rule takes is rejected, unless the file says otherwise', async () => {
    const rule = ORDER_RULE.replace('record: Order', 'record: Order\n    when: \'Kind = "X"\'');
    const nothing = { messages: [], faults: [] };
    const noRule = { messages: [], faults: [expect.objectContaining({ code: 'NO_RULE', place: 'line 7' })] };
    const rejecting = await mappingOf(`${HEAD}rules:${rule}`);
    expect(await rejecting.map(order(ORDER), contextOf())).toEqual(noRule);
    expect(await rejecting.map({ ...order(ORDER), type: 'Other' }, contextOf())).toEqual(noRule);
    const ignoring = await mappingOf(`${HEAD}otherwise: ignore\nrules:${rule}`);
    expect(await ignoring.map(order(ORDER), contextOf())).toEqual(nothing);
    const taking = await mappingOf(
      `${HEAD}rules:${rule}\n  - name: others\n    record: Order\n    when: 'Kind != "X"'\n`,
    );
    expect(await taking.map(order({ ...ORDER, Kind: 'Y' }), contextOf())).toEqual(nothing);
    expect(await taking.map(order(ORDER), contextOf())).toEqual(noRule);
  });

  it('that needs no mapping, or cannot be read, passes through', async () => {
    const mapping = await mappingOf(HEAD);
    expect(await mapping.map({ place: 'x', message: REPORTED }, contextOf())).toEqual({
      messages: [REPORTED],
      faults: [],
    });
    const fault = { code: 'BAD_ROW', reason: 'Too short.' };
    expect(await mapping.map({ place: 'x', fault }, contextOf())).toEqual({
      messages: [],
      faults: [{ ...fault, place: 'x' }],
    });
  });

  it('that nobody should trust is refused', async () => {
    const mapping = await mappingOf(`${HEAD}rules:${ORDER_RULE}`);
    for (const text of [
      '{"__proto__":{"No":1}}',
      '{"a":{"_jsonata_lambda":true}}',
      `${'['.repeat(500)}${']'.repeat(500)}`,
    ]) {
      const { messages, faults } = await mapping.map(order(JSON.parse(text)), contextOf());
      expect({ messages, codes: faults.map(({ code }) => code) }).toEqual({ messages: [], codes: ['MAPPING_FAILED'] });
    }
  });

  it('gives what the schema allows or faults, whatever it is', async () => {
    const mapping = await mappingOf(
      `${HEAD}rules:${ORDER_RULE}      tags: '**.No'\n      operations: 'lines.{"sequence": n}'\n`,
    );
    const odd = fc.oneof(
      fc.anything(),
      fc.jsonValue(),
      fc.constantFrom('5', 'ST', '20260105', -1, Infinity, '\u0000', '\ud800'),
    );
    const record = fc.record(
      { No: odd, Material: odd, Amount: odd, Unit: odd, Due: odd, lines: odd },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(record, odd), async (data) => {
        const { messages, faults } = await mapping.map(order(data), contextOf());
        expect(messages.length + faults.length).toBeGreaterThan(0);
        for (const { data: given } of messages) expect(JSON.parse(JSON.stringify(given))).toEqual(given);
        for (const { reason } of faults) expect(reason.length).toBeLessThan(1_000);
      }),
      { numRuns: 500 },
    );
  });
});

describe('A command', () => {
  const commands = `
commands:
  - command: ReviseSchedule
    when: 'data.local'
    call: '{ "local": data.id }'
  - command: ReviseSchedule
    call:
      method: '"PATCH"'
      path: '"/Orders(" & $source("PRODUCT", data.sku) & ")"'
      body: { Amount: '$decimal(data.quantity.value)', Urgent: true }
`;
  const command = (data: object, type = 'ReviseSchedule') => ({ id: 'C-1', type, data }) as unknown as CloudEvent;
  const data = { sku: 'FG-1', quantity: { value: '5', unit: 'PC' }, local: false };

  it('is said in the connector’s own terms, by the first rule that is for it', async () => {
    const mapping = await mappingOf(HEAD + commands);
    expect(await mapping.command(command(data), contextOf())).toEqual({
      ...{ method: 'PATCH', path: '/Orders(M-1)' },
      body: { Amount: '5', Urgent: true },
    });
    expect(await mapping.command(command({ id: 'O-1', local: true }), contextOf())).toEqual({ local: 'O-1' });
    expect(await mapping.command(command(data, 'Other'), contextOf())).toBeUndefined();
  });

  it('that cannot be said is a fault that names the expression', async () => {
    const mapping = await mappingOf(HEAD + commands);
    const wrong = mapping.command(command({ ...data, quantity: { value: 'x' } }), contextOf());
    await expect(wrong).rejects.toBeInstanceOf(MappingError);
    await expect(wrong).rejects.toMatchObject({
      fault: {
        ...{ code: 'MAPPING_FAILED', place: 'command C-1', rule: 'commands[1] ReviseSchedule' },
        ...{ field: 'call.body.Amount', expression: '$decimal(data.quantity.value)' },
      },
    });
    const empty = await mappingOf(`${HEAD}commands: [{ command: X, call: 'data.nothing' }]\n`);
    await expect(empty.command(command({}, 'X'), contextOf())).rejects.toThrow('It gives nothing.');
  });
});

describe('Cross-references', () => {
  it('of records that are mapped at the same time are read together', async () => {
    const asked: string[][] = [];
    const crossReferences = {
      ...NO_CROSS_REFERENCES,
      toCanonical(_system: string, _kind: string, ids: readonly string[]) {
        asked.push([...ids]);
        return Promise.resolve(ids.map((id) => `our ${id}`));
      },
    };
    const mapping = await mappingOf(`${HEAD}rules:${ORDER_RULE}`);
    const context = contextOf(crossReferences);
    const materials = ['A', 'B', 'A', 'C'];
    const map = () => Promise.all(materials.map((Material) => mapping.map(order({ ...ORDER, Material }), context)));
    const skus = (await map()).map(({ messages }) => (messages[0]?.data as { sku: string }).sku);
    expect(skus).toEqual(['our A', 'our B', 'our A', 'our C']);
    expect(asked).toEqual([['A', 'B', 'C']]);
    await map();
    expect(asked).toHaveLength(1);
    await mapping.map(order(ORDER), { ...context });
    expect(asked).toHaveLength(2);
  });

  it('that cannot be read are no fault of the record', async () => {
    const crossReferences = { ...NO_CROSS_REFERENCES, toCanonical: () => Promise.reject(new Error('disk full')) };
    const mapping = await mappingOf(`${HEAD}rules:${ORDER_RULE}`);
    const mapped = mapping.map(order(ORDER), contextOf(crossReferences));
    await expect(mapped).rejects.toThrow('The cross-references cannot be read: disk full');
  });
});

describe('A trial', () => {
  it('tells what a document would cause', async () => {
    const mapping = await mappingOf(`${HEAD}otherwise: ignore\nrules:${ORDER_RULE}`);
    const records = [
      order(ORDER),
      { ...order({ ...ORDER, Unit: 'LB' }), place: 'line 8' },
      { ...order({}), type: 'Other' },
    ];
    expect(await testMapping(mapping, records, contextOf())).toEqual({
      ...{ records: 3, ignored: 1, isClipped: false },
      messages: [{ place: 'line 7', ...REPORTED }],
      faults: [expect.objectContaining({ place: 'line 8', code: 'UNKNOWN_UNIT' })],
    });
  });
});

it('Canonical types are those of all domains, each of one', () => {
  expect(CANONICAL.get('StockReported')?.domain).toBe('stock');
});
