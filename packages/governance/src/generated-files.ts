import type { Finding } from './finding.ts';

/** Whether what is under schema/ is what the code gives, by path. */
export function checkGeneratedFiles(
  expected: ReadonlyMap<string, string>,
  present: ReadonlyMap<string, string>,
): Finding[] {
  const faults = [
    ...[...present.keys()]
      .filter((path) => !expected.has(path))
      .map((path) => ({ path, message: 'nothing in the code declares it' })),
    ...[...expected]
      .filter(([path, text]) => present.get(path) !== text)
      .map(([path]) => ({ path, message: present.has(path) ? 'differs from the code' : 'missing' })),
  ];
  return faults.map(({ path, message }) => ({
    check: 'generated files',
    severity: 'error',
    where: `schema/${path}`,
    message,
    whatToDo: 'Run: npm run schema, and review what changes.',
  }));
}
