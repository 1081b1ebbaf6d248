import { memoryOf } from '../process-figures.ts';
import { freePort, startServer } from '../server-process.ts';
import type { Contender } from './contenders.ts';
import { GATEWAY_CORE, pinned } from './pinned.ts';
import type { WorldFiles } from './world-files.ts';

/** A contender that serves a world. */
export interface GatewayProcess {
  readonly name: string;
  readonly pid: number;
  /** Where it takes GraphQL, over HTTP and websocket. */
  readonly url: string;
  /** From spawning it until it answered. */
  readonly readyMs: number;
  residentMiB(): number;
  readonly stop: () => Promise<void>;
}

export async function startGateway(contender: Contender, files: WorldFiles): Promise<GatewayProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/graphql`;
  const { command, args, cwd, env = {} } = contender.command(files, port);
  const [pinnedCommand, pinnedArgs] = pinned(GATEWAY_CORE, command, args);
  const { pid, readyMs, stop } = await startServer({
    name: contender.name,
    command: pinnedCommand,
    args: pinnedArgs,
    cwd,
    env,
    isReady: () => answers(url),
    readyWithinMs: 60_000,
  });
  return { name: contender.name, pid, url, readyMs, residentMiB: () => memoryOf(pid).residentMiB, stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    });
    const text = await response.text();
    return response.ok && text.includes('"Query"');
  } catch {
    return false;
  }
}
