import { buildSchema, parse, validate, type GraphQLError, type GraphQLSchema } from 'graphql';
import type { Finding } from './finding.ts';
import { hasElement } from './schema-coordinates.ts';
import { operationOf, type UsageEntry, type UsageReport } from './usage-report.ts';

/**
 * Which recorded operations would not run any more. `candidateOf` answers the SDL that an operation will meet, by the label
 * of the contract and whether its client pins that; undefined if there is none to compare with.
 */
export function checkRecordedOperations(
  entries: readonly UsageEntry[],
  candidateOf: (entry: UsageEntry) => Candidate | undefined,
): Finding[] {
  const schemas = new Map<string, GraphQLSchema>();
  return entries.flatMap((entry) => {
    const candidate = candidateOf(entry);
    if (!candidate) return [];
    const schema = schemas.get(candidate.sdl) ?? buildSchema(candidate.sdl);
    schemas.set(candidate.sdl, schema);
    const faults = faultsOf(entry, schema);
    if (faults.length === 0) return [];
    const runs = `${entry.count} ${entry.count === 1 ? 'run' : 'runs'}, the last on ${entry.lastSeen.slice(0, 10)}`;
    return faults.map((fault): Finding => {
      return {
        check: 'recorded operations',
        severity: 'error',
        where: `client ${entry.client}, operation ${operationOf(entry)}`,
        message: `would fail against ${candidate.label}: ${fault} (${runs})`,
        whatToDo: entry.isPinned
          ? 'A version that clients have pinned goes on answering what they ask: keep the element in it.'
          : 'Keep the element for one more version, have the client changed or pinned to its version, or accept that it fails: --allow-break.',
      };
    });
  });
}

/** What a report does not tell of: a change may break it, and nobody could say so. */
export function checkUnrecorded({ other }: UsageReport): Finding[] {
  if (other.count === 0) return [];
  const runs = other.count === 1 ? '1 run is' : `${other.count} runs are`;
  return [
    {
      check: 'recorded operations',
      severity: 'error',
      where: 'the report of usage',
      message: `is incomplete: ${runs} not attributed to a client and an operation, so that whether a change breaks them could not be judged`,
      whatToDo:
        'Ask whoever else uses the graph: more clients or operations ran than a gateway keeps apart. A release takes the risk with --allow-break.',
    },
  ];
}

export interface Candidate {
  /** What the report calls it, e.g. `2027-02`. */
  readonly label: string;
  readonly sdl: string;
}

/** The elements it uses that are gone; if there are none, what validation says. */
function faultsOf({ document, fields }: UsageEntry, schema: GraphQLSchema): string[] {
  const errors = errorsOf(document, schema);
  if (errors.length === 0) return [];
  const gone = fields.filter((coordinate) => !hasElement(schema, coordinate));
  return gone.length > 0 ? gone.map((coordinate) => `${coordinate} is gone`) : errors.map(({ message }) => message);
}

function errorsOf(document: string, schema: GraphQLSchema): readonly GraphQLError[] {
  try {
    return validate(schema, parse(document));
  } catch (error) {
    return [error as GraphQLError];
  }
}
