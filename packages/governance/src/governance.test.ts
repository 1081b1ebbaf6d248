import { describe, expect, test } from 'vitest';
import { checkBreakingChanges } from './breaking-changes.ts';
import { checkEventSchemas } from './event-schemas.ts';
import { checkGeneratedFiles } from './generated-files.ts';
import { checkReleasedVersions, differsInWords } from './released-versions.ts';
import { reportText } from './report.ts';

const query = (fields: string, more = '') => `type Query { ${fields} }\n${more}`;

describe('Given a released contract', () => {
  const path = 'contracts/2026-11.graphql';
  const released = query('orders: Int @deprecated(reason: "Use a.") a: Int');

  test('the same text passes, a missing file says how to make it', async () => {
    expect(await checkReleasedVersions([{ path, released, derived: released }])).toEqual([]);
    expect(await checkReleasedVersions([{ path, released: undefined, derived: released }])).toMatchObject([
      { where: path, message: 'missing', whatToDo: 'Run: npm run schema -- release 2026-11' },
    ]);
  });

  test('every change of it is named with how bad it is', async () => {
    const derived = query('a: String orders: Int @deprecated(reason: "Use a.") b: Int');
    const findings = await checkReleasedVersions([{ path, released, derived }]);
    expect(findings.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        "breaking: Field 'Query.a' changed type from 'Int' to 'String'",
        expect.stringMatching(/^non-breaking: .*'b' was added/),
      ]),
    );
    expect(findings[0]?.whatToDo).toContain('@lifecycle(since: "…")');
    expect(differsInWords({ path, released, derived })).toBe(false);
  });

  test('words differ too, and can be corrected', async () => {
    const derived = query('"How many." orders: Int @deprecated(reason: "Use `a`.") a: Int');
    const [first] = await checkReleasedVersions([{ path, released, derived }]);
    expect(first?.whatToDo).toContain('npm run schema -- reword');
    expect(differsInWords({ path, released, derived })).toBe(true);
    expect(differsInWords({ path, released, derived: released })).toBe(false);
  });

  test('another order of the same is a change of the text', async () => {
    const derived = query('a: Int orders: Int @deprecated(reason: "Use a.")');
    expect(await checkReleasedVersions([{ path, released, derived }])).toMatchObject([
      { message: 'differs in its text only: order or form' },
    ]);
  });

  test('a file that is no schema is to be restored', async () => {
    expect(await checkReleasedVersions([{ path, released: 'type {', derived: released }])).toMatchObject([
      { whatToDo: `Restore schema/${path} from version control.` },
    ]);
  });
});

describe('Given live versions and the coming one', () => {
  const check = (stable: string, next: string, older?: string) =>
    checkBreakingChanges(
      [...(older === undefined ? [] : [{ version: '2026-08', sdl: older }]), { version: '2026-11', sdl: stable }],
      next,
    );

  test('what was deprecated may go: fields, arguments, values, and types that only they lead to', async () => {
    const stable = query(
      'a: Int, old: Old @deprecated b(x: Int @deprecated): Kind',
      'type Old { x: Int } enum Kind { NEW OLD @deprecated } ',
    );
    expect(await check(stable, query('a: Int b: Kind', 'enum Kind { NEW }'))).toEqual([]);
  });

  test('what was not is refused, with the version that has it', async () => {
    const findings = await check(query('a: Int b(x: Int): Int'), query('b: Int'));
    expect(findings.map(({ where }) => where).sort()).toEqual(['Query.a', 'Query.b.x']);
    expect(findings[0]).toMatchObject({ severity: 'error', message: expect.stringContaining('(2026-11 → next)') });
    expect(findings[0]?.whatToDo).toContain('Announce it first');
  });

  test('a type that something else still leads to does not go for one deprecated field', async () => {
    const stable = query('old: Old @deprecated also: Also', 'type Old { x: Int } type Also { old: Old }');
    const findings = await check(stable, query('also: Also', 'type Also { x: Int }'));
    expect(findings.map(({ where }) => where)).toContain('Old');
  });

  test.each([
    ['another type', query('a: Int @deprecated'), query('a: String @deprecated'), 'add an element with another name'],
    ['nullability', query('a: Int!'), query('a: Int'), 'add an element with another name'],
    ['a required argument', query('a: Int'), query('a(x: Int!): Int'), 'Make it optional'],
    [
      'a required input field',
      query('a(in: In): Int', 'input In { x: Int }'),
      query('a(in: In): Int', 'input In { x: Int y: Int! }'),
      'Make it optional',
    ],
    [
      'a member of a union',
      query('a: U b: B', 'union U = A type A { x: Int } type B { x: Int }'),
      query('a: U b: B', 'union U = A | B type A { x: Int } type B { x: Int }'),
      'give the new type a field of its own',
    ],
    [
      'a member of an interface',
      query('a: I b: B', 'interface I { x: Int } type B { x: Int }'),
      query('a: I b: B', 'interface I { x: Int } type B implements I { x: Int }'),
      'give the new type a field of its own',
    ],
  ])('%s is refused whatever was announced', async (_what, stable, next, remedy) => {
    const findings = await check(stable, next);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.whatToDo).toContain(remedy);
  });

  test('what is new and optional passes', async () => {
    expect(await check(query('a: Int'), query('a(x: Int, y: Int! = 1): Int b: B', 'type B { x: Int }'))).toEqual([]);
  });

  test('what stable changed against an older version is settled; a name that comes back as something else is not', async () => {
    const older = query('a: Int x: Int');
    expect(await check(query('a: Int'), query('a: Int'), older)).toEqual([]);
    expect(await check(query('a: Int'), query('a: Int x: String'), older)).toMatchObject([
      { where: 'Query.x', message: expect.stringContaining('(2026-08 → next)') },
    ]);
  });

  test('the same break of two versions is told once', async () => {
    expect(await check(query('a: Int b: Int'), query('a: Int'), query('a: Int b: Int'))).toHaveLength(1);
  });
});

describe('Given the event schemas of a release', () => {
  const moved = {
    type: 'object',
    required: ['data'],
    properties: {
      data: {
        type: 'object',
        required: ['sku'],
        properties: { sku: { type: 'string' }, kind: { anyOf: [{ const: 'IN' }, { const: 'OUT' }] } },
      },
    },
  };
  const change = (edit: (copy: any) => void) => {
    const copy = structuredClone(moved);
    edit(copy);
    return checkEventSchemas('2026-11', { 'StockMoved.v1': moved }, { 'StockMoved.v1': copy });
  };

  test('optional properties and words may come, further versions too', () => {
    expect(
      change((copy) => {
        copy.properties.data.properties.lot = { type: 'string' };
        copy.properties.data.description = 'What moved.';
        copy.title = 'Moved';
      }),
    ).toEqual([]);
    const now = { 'StockMoved.v1': moved, 'StockMoved.v2': {} };
    expect(checkEventSchemas('2026-11', { 'StockMoved.v1': moved }, now)).toEqual([]);
  });

  test.each<[string, (copy: any) => void, string]>([
    ['a property less', (copy) => delete copy.properties.data.properties.kind, 'the property is gone'],
    ['another type', (copy) => (copy.properties.data.properties.sku.type = 'number'), 'was "string", is "number"'],
    ['a property to be required', (copy) => copy.properties.data.required.push('kind'), '"kind" is required now'],
    ['a property not to be required', (copy) => (copy.properties.data.required = []), '"sku" is not required any more'],
    [
      'an alternative more',
      (copy) => copy.properties.data.properties.kind.anyOf.push({ const: 'LOST' }),
      'had 2 alternatives, has 3',
    ],
    ['a limit', (copy) => (copy.properties.data.properties.sku.maxLength = 4), 'was absent, is 4'],
  ])('%s needs a new version', (_what, edit, message) => {
    expect(change(edit)).toMatchObject([
      { message, whatToDo: 'Leave it as it was in 2026-11, and declare StockMoved.v2 beside it.' },
    ]);
  });

  test('a version that is gone is missed', () => {
    expect(checkEventSchemas('2026-11', { 'StockMoved.v1': moved }, {})).toMatchObject([
      { where: 'events/StockMoved.v1.json' },
    ]);
  });
});

describe('Given generated files', () => {
  test('those that differ, lack or are too many are named', () => {
    const expected = new Map([
      ['same', '1'],
      ['differs', '1'],
      ['lacks', '1'],
    ]);
    const present = new Map([
      ['same', '1'],
      ['differs', '2'],
      ['old', '1'],
    ]);
    expect(checkGeneratedFiles(expected, present).map(({ where, message }) => `${where}: ${message}`)).toEqual([
      'schema/old: nothing in the code declares it',
      'schema/differs: differs from the code',
      'schema/lacks: missing',
    ]);
  });
});

describe('Given findings', () => {
  const finding = { check: 'style', severity: 'error', where: 'a', message: 'b', whatToDo: 'c' } as const;

  test('the report has them under their check, what to do once, and a sum', () => {
    const text = reportText({
      about: { composition: '8 subgraphs' },
      skipped: { 'recorded operations': 'no usage' },
      findings: [finding, { ...finding, where: 'z' }, { ...finding, check: 'ownership', severity: 'warning' }],
    });
    expect(text).toContain('✓ composition          8 subgraphs\n');
    expect(text).toContain('- recorded operations  not checked: no usage\n');
    expect(text).toContain('✗ style                2 errors\n    a: b\n    z: b\n    → c\n');
    expect(text).toContain('! ownership            1 warning\n');
    expect(text).toMatch(/\n2 errors, 1 warning\.\n$/);
    expect(reportText({ about: {}, skipped: {}, findings: [] })).toContain('Nothing stands in the way.');
  });
});
