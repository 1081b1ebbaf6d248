import { diff } from '@graphql-inspector/core';
import { buildSchema, parse, print, visit } from 'graphql';
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

/** Whether two contracts differ in descriptions and reasons of deprecation only: no program can depend on those. */
export function differsInWords({ released, derived }: ReleasedContract): boolean {
  return released !== undefined && released !== derived && withoutWords(released) === withoutWords(derived);
}

async function checkOne(contract: ReleasedContract): Promise<Finding[]> {
  const { path, released, derived } = contract;
  const finding = { check: 'released versions', severity: 'error', where: path } as const;
  if (released === undefined) {
    const [version = 'VERSION'] = /\d{4}-\d{2}/.exec(path) ?? [];
    return [{ ...finding, message: 'missing', whatToDo: `Run: npm run schema -- release ${version}` }];
  }
  if (released === derived) return [];
  const restore = `Restore schema/${path} from version control.`;
  let changes;
  try {
    changes = await diff(buildSchema(released), buildSchema(derived));
  } catch (error) {
    const message = `is not the schema that was released: ${error instanceof Error ? error.message : String(error)}`;
    return [{ ...finding, message, whatToDo: restore }];
  }
  if (changes.length === 0) {
    return [{ ...finding, message: 'differs in its text only: order or form', whatToDo: restore }];
  }
  const whatToDo = differsInWords(contract)
    ? 'Only words differ. Put them back, or, if they were wrong, have them corrected in what is released: npm run schema -- reword'
    : 'A released version never changes: give what is new @lifecycle(since: "…"), and leave what was there as it was.';
  return changes.map(({ criticality, message }) => ({
    ...finding,
    message: `${criticality.level.toLowerCase().replace('_', '-')}: ${message}`,
    whatToDo,
  }));
}

function withoutWords(sdl: string): string {
  const words = { enter: (node: object) => ('description' in node ? { ...node, description: undefined } : undefined) };
  const bare = visit(parse(sdl, { noLocation: true }), {
    ...words,
    Directive: (node) => (node.name.value === 'deprecated' ? { ...node, arguments: [] } : undefined),
  });
  return print(bare);
}
