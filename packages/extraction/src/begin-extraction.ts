import { collectionOfCursor, selectionCursor } from '@takt/subgraph-server';
import type { TableFormat } from '@takt/tables';
import { MAX_VARIABLES, type ExtractPosition } from './extract-cursor.ts';
import { ExtractRefused, type RefusalCode } from './extract-refused.ts';
import { logChanges, logHead, NO_DOCUMENTS, readPage } from './graph-rows.ts';
import { GraphFault, type Graph, type KeptAsker } from './graph.ts';
import type { Extraction } from './job.ts';
import { pageableQuery } from './pageable-query.ts';

export interface AskedExtract {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly formats: readonly TableFormat[];
}

/**
 * Finds out all that an extraction needs to know, by asking the graph for none of its rows: what cannot be extracted is
 * refused before there is a job. Throws {@link ExtractRefused}.
 */
export async function beginExtraction(
  graph: Graph,
  asker: KeptAsker,
  { query, variables, formats }: AskedExtract,
  since: ExtractPosition | undefined,
  signal: AbortSignal,
): Promise<Extraction> {
  const schema = graph.schemaOf(asker.contract);
  if (!schema) throw new ExtractRefused('EXTRACT_UNAVAILABLE', 'The contract is not served any more. Ask by another.');
  if (!graph.mayExtract(query)) {
    const message =
      'Only registered documents run here, and this query is not registered: publish it with `npm run takt -- operations publish`.';
    throw new ExtractRefused('EXTRACT_NOT_PERMITTED', message);
  }
  if (JSON.stringify(variables).length > MAX_VARIABLES) {
    throw new ExtractRefused('EXTRACT_QUERY_INVALID', `The variables have more than ${MAX_VARIABLES} characters.`);
  }
  const { query: pageQuery, countQuery, columns } = pageableQuery(query, schema, variables);
  const asked = { asker, query, variables, pageQuery };
  try {
    const { endCursor, subgraph } = await noRows(graph, asked, signal);
    const collection = endCursor === null ? undefined : collectionOfCursor(endCursor);
    if (collection === undefined || subgraph === undefined) throw new GraphFault('EXTRACT_NOT_PAGEABLE', NO_DOCUMENTS);
    if (since && since.subgraph !== subgraph) {
      const message = 'The rows come from another log since. Extract everything anew.';
      throw new ExtractRefused('EXTRACT_CURSOR_TOO_OLD', message);
    }
    const head = await logHead(graph, subgraph, signal);
    // Also tells whether the collection has events of its own.
    await logChanges(graph, subgraph, { collection, after: since?.log ?? head, until: head }, signal);
    return { ...asked, formats, countQuery, columns, subgraph, collection, since: since?.log };
  } catch (error) {
    throw error instanceof GraphFault ? refusalOf(error) : error;
  }
}

/** A page without rows: a connection that does not know selections is not one of documents. */
async function noRows(graph: Graph, asked: Parameters<typeof readPage>[1], signal: AbortSignal) {
  try {
    return await readPage(graph, asked, { first: 1, after: selectionCursor([]) }, signal);
  } catch (error) {
    const isOther = error instanceof GraphFault && error.code === 'CURSOR_INVALID';
    throw isOther ? new GraphFault('EXTRACT_NOT_PAGEABLE', NO_DOCUMENTS) : error;
  }
}

function refusalOf({ code = '', message }: GraphFault): ExtractRefused {
  const reason = REASONS[code];
  if (!reason)
    return new ExtractRefused('EXTRACT_UNAVAILABLE', `The graph does not answer: ${message} Try again later.`);
  return new ExtractRefused(reason.code, reason.message ?? message);
}

/** By what the graph says; whatever it says otherwise may be over in a while. */
const REASONS: Readonly<Record<string, { readonly code: RefusalCode; readonly message?: string }>> = {
  GRAPHQL_VALIDATION_FAILED: { code: 'EXTRACT_QUERY_INVALID' },
  GRAPHQL_PARSE_FAILED: { code: 'EXTRACT_QUERY_INVALID' },
  BAD_USER_INPUT: { code: 'EXTRACT_QUERY_INVALID' },
  OPERATION_TOO_LARGE: { code: 'EXTRACT_NOT_PAGEABLE' },
  OPERATION_TOO_EXPENSIVE: { code: 'EXTRACT_NOT_PAGEABLE' },
  UNAUTHORIZED_FIELD_OR_TYPE: { code: 'EXTRACT_NOT_PERMITTED' },
  EXTRACT_NOT_PAGEABLE: { code: 'EXTRACT_NOT_PAGEABLE' },
  DOCUMENTS_WITHOUT_EVENTS: { code: 'EXTRACT_NOT_PAGEABLE', message: NO_DOCUMENTS },
  CURSOR_INVALID: { code: 'EXTRACT_CURSOR_INVALID' },
  CURSOR_EXPIRED: {
    code: 'EXTRACT_CURSOR_TOO_OLD',
    message: 'The log does not reach back to this position any more. Extract everything anew.',
  },
};
