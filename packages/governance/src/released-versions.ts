import { diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';
import type { Finding } from './finding.ts';

/** A released contract, of everybody or of an audience. */
export interface ReleasedContract {
  /** Under schema/, e.g. `contracts/2026-11.graphql`. */
  readonly path: string;
  /** SDL as it was released; undefined if the file is missing. */
  readonly released: string | undefined;
  /** SDL as the graph gives it now; formatted like the other. */
  readonly derived: string;
}

/** Whether every released contract is still what it was, to the letter. */
export async function checkReleasedVersions(contracts: readonly ReleasedContract[]): Promise<Finding[]> {
  return (await Promise.all(contracts.map(checkOne))).flat();
}

async function checkOne({ path, released, derived }: ReleasedContract): Promise<Finding[]> {
  const finding = { check: 'released versions', severity: 'error', where: path } as const;
  if (released === undefined) {
    const [, version = 'VERSION'] = /(\d{4}-\d{2})/.exec(path) ?? [];
    return [{ ...finding, message: 'missing', whatToDo: `Run: npm run schema -- release ${version}` }];
  }
  if (released === derived) return [];
  const whatToDo =
    'A released version never changes: give what is new @lifecycle(since: "…"), and leave what was there as it was.';
  let changes;
  try {
    changes = await diff(buildSchema(released), buildSchema(derived));
  } catch (error) {
    const message = `is not the schema that was released: ${error instanceof Error ? error.message : String(error)}`;
    return [{ ...finding, message, whatToDo: `Restore schema/${path} from the version control.` }];
  }
  if (changes.length === 0) {
    const message = 'differs in its text only: order or form';
    return [{ ...finding, message, whatToDo: `Restore schema/${path} from the version control.` }];
  }
  return changes.map(({ criticality, message }) => ({
    ...finding,
    message: `${criticality.level.toLowerCase().replace('_', '-')}: ${message}`,
    whatToDo,
  }));
}
