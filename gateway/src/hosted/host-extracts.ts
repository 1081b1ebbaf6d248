import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  downloads,
  ExtractRefused,
  openExtracts,
  type ExtractService,
  type ExtractServiceOptions,
} from '@takt/extraction';
import { EXTRACTS, extractsSubgraph } from '@takt/extracts';
import { AuthenticationFailed } from '../guard/authentication.ts';
import type { Authenticate } from '../guard/authentication.ts';
import { anonymous } from '../guard/caller.ts';
import type { Gateway } from '../gateway.ts';
import { answerError } from '../serve/answer.ts';
import { corsHeaders, preflightAnswer } from '../serve/cross-site.ts';
import { inProcessTransport } from '../transports/in-process.ts';
import type { Asker, SubgraphTransport } from '../transports/transport.ts';
import { extractGraph, keptAsker } from './extract-graph.ts';

export interface HostExtractsOptions extends Omit<ExtractServiceOptions, 'folder' | 'graph'> {
  /** Where extracts are kept, by all processes of this gateway; none are made unless given. */
  readonly folder: string | undefined;
  /** What serves a contract now, by its label, the stable one for undefined; undefined if nothing does. */
  readonly gateway: (contract?: string) => Gateway | undefined;
  /** Whether operations of clients wait for their turn; never unless given. */
  readonly isBusy?: () => boolean;
  /** Whether a query may be extracted: all may, unless only registered documents run and it is none. */
  readonly mayExtract: (query: string) => boolean;
  /** Other origins whose pages may download; none unless given. */
  readonly cors?: readonly string[] | undefined;
  /** Tells who downloads; everybody is anonymous unless given. */
  readonly authenticate?: Authenticate | undefined;
}

/** The subgraph of extracts, which lives with the gateway: it runs clients' queries for them, as they. */
export interface HostedExtracts {
  readonly name: string;
  readonly transport: SubgraphTransport;
  /** Answers true for a request that it has taken: those below `/extracts/`. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Stops working on extracts; what is not over goes on later. To be called before the gateway closes. */
  close(): Promise<void>;
}

export async function hostExtracts(options: HostExtractsOptions): Promise<HostedExtracts> {
  const { folder, gateway, isBusy = () => false, mayExtract, cors = [], authenticate, ...rest } = options;
  const graph = extractGraph({ gateway, isBusy, mayExtract });
  const extracts = folder === undefined ? noExtracts : await openExtracts({ ...rest, folder, graph });
  const download = downloads(extracts);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const caller = (await authenticate?.(request.headers)) ?? anonymous;
      await download(request, response, keptAsker({ caller }));
    } catch (error) {
      if (response.headersSent) response.destroy();
      else if (error instanceof AuthenticationFailed) {
        answerError(response, error.status, error.message, { 'www-authenticate': error.challenge });
      } else {
        process.stderr.write(`Extracts: ${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
        answerError(response, 500, 'Internal server error.');
      }
    }
  };
  const askerOf = (asker: Asker = { caller: anonymous }) => keptAsker(asker);
  return {
    name: EXTRACTS,
    transport: { ...inProcessTransport(extractsSubgraph(extracts, askerOf)), isPersonal: true },
    handle(request, response) {
      if (!request.url?.startsWith('/extracts/')) return false;
      for (const [name, value] of Object.entries(corsHeaders(request, cors))) response.setHeader(name, value);
      const preflight = preflightAnswer(request, cors);
      if (preflight) response.writeHead(204, preflight).end();
      else void answer(request, response);
      return true;
    },
    close: () => extracts.close(),
  };
}

function refuse(): Promise<never> {
  const message = 'This gateway has no folder for extracts. Its operator can give it one.';
  return Promise.reject(new ExtractRefused('EXTRACT_UNAVAILABLE', message));
}

const noExtracts: ExtractService = {
  start: refuse,
  startChanges: refuse,
  find: () => Promise.resolve(undefined),
  list: () => Promise.resolve([]),
  cancel: () => Promise.resolve(undefined),
  file: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
};
