import { startWorker } from '../worker.ts';

/** All worlds' subgraphs in a process of their own. */
export interface SubgraphsProcess extends AsyncDisposable {
  readonly origin: string;
  /** `POST` with a number there sends that event. */
  readonly emitUrl: string;
  /** `POST` there tells how many subscriptions there are. */
  readonly countUrl: string;
}

export async function startSubgraphs(): Promise<SubgraphsProcess> {
  const worker = startWorker(new URL('serve.ts', import.meta.url));
  const { port } = (await worker.heard()) as { readonly port: number };
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    emitUrl: `${origin}/emit`,
    countUrl: `${origin}/count`,
    [Symbol.asyncDispose]: () => worker.stop(),
  };
}
