import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { policyCommand } from './policy.ts';

const DEFAULT = fileURLToPath(
  new URL('../../subgraphs/synchronization/src/policy/default-policy.yml', import.meta.url),
);

function terminal() {
  const written = { out: '', err: '' };
  return {
    written,
    env: {},
    out: { write: (text: string) => (written.out += text) },
    err: { write: (text: string) => (written.err += text) },
  };
}

async function fileWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'takt-policy-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'mine.yml');
  await writeFile(path, text);
  return path;
}

const TABLE = (rules: string) =>
  `{ id: mine, name: Mine, owner: Me, validFrom: 2026-01-01T00:00:00Z, coolDownMinutes: 0, hysteresisPercent: 0, rules: [${rules}] }`;

it('says what a table means, a line a rule', async () => {
  const there = terminal();
  expect(await policyCommand(['check', DEFAULT], there)).toBe(0);
  expect(there.written.out).toContain(
    '1. When the shortage of a bought item changes by at least 5 % and 1 in its unit: a buyer is told.',
  );
  expect(there.written.err).toBe('');
});

it('warns of what its owner hardly wants', async () => {
  const path = await fileWith(
    TABLE('{ id: any, description: Any., when: { changePercentAtLeast: 5 }, outcome: RECALCULATE }'),
  );
  const there = terminal();
  expect(await policyCommand(['check', path], there)).toBe(0);
  expect(there.written.err).toContain(`${path}: rules[0] any: changeAtLeast: `);
});

it('refuses with file, rule and field', async () => {
  const path = await fileWith(TABLE('{ id: any, description: Any., when: {}, outcome: PANIC }'));
  await expect(policyCommand(['check', path], terminal())).rejects.toThrow(`${path}: rules[0] any: outcome: `);
  await expect(policyCommand(['check', '/nowhere.yml'], terminal())).rejects.toThrow('There is no file /nowhere.yml.');
  await expect(policyCommand(['check'], terminal())).rejects.toThrow('Usage: ');
  await expect(policyCommand(['simulate', path, '--from', 'soon'], terminal())).rejects.toThrow(
    '--from takes an instant',
  );
});
