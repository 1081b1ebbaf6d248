import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takt } from '../gateway/contenders.ts';
import { startGateway, type GatewayProcess } from '../gateway/gateway-process.ts';
import { inspectHeap } from '../gateway/inspected-heap.ts';
import { temporaryFolder } from '../plant.ts';
import { cpuMsOfTree, memoryOf } from '../process-figures.ts';
import { freePort } from '../server-process.ts';

/** A gateway that serves a supergraph, for one question. */
export interface VersionedGateway extends AsyncDisposable {
  readonly process: GatewayProcess;
  /** Asks each of the paths below `/graphql` each query once; throws if an answer has errors. */
  ask(paths: readonly string[], queries: readonly string[]): Promise<void>;
  /** Memory in MiB, the heap after garbage collection: of the serving thread, not of those that plan. */
  memory(): Promise<{ readonly heapMiB: number; readonly residentMiB: number }>;
  /** Puts another supergraph in the place of the current one. */
  swap(sdl: string): Promise<{ readonly elapsedMs: number; readonly cpuMs: number; readonly peakMiB: number }>;
}

export async function startVersioned(name: string, sdl: string): Promise<VersionedGateway> {
  const supergraph = join(temporaryFolder(), 'supergraph.graphql');
  writeFileSync(supergraph, sdl);
  const inspectorPort = await freePort();
  const contender = takt(name, [`TAKT_ADMIN_TOKEN=${TOKEN}`]);
  const gateway = await startGateway(
    {
      ...contender,
      command(files, port) {
        const command = contender.command(files, port);
        return { ...command, args: [`--inspect=127.0.0.1:${inspectorPort}`, ...command.args] };
      },
    },
    { supergraph, services: '' },
  );
  const post = async (path: string, body: string, type: string): Promise<string> => {
    const response = await fetch(new URL(path, gateway.url), {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${TOKEN}` },
      body,
    });
    const text = await response.text();
    if (!response.ok || text.includes('"errors":[')) throw new Error(`${name}, ${path}: ${text.slice(0, 1000)}`);
    return text;
  };
  return {
    process: gateway,
    async ask(paths, queries) {
      for (const query of queries) {
        const body = JSON.stringify({ query });
        for (const path of paths) await post(path, body, 'application/json');
      }
    },
    async memory() {
      using heap = await inspectHeap(inspectorPort);
      return { heapMiB: await heap.usedMiB(), residentMiB: gateway.residentMiB() };
    },
    async swap(next) {
      const cpuBefore = cpuMsOfTree(gateway.pid);
      const begun = performance.now();
      await post('/supergraph', next, 'text/plain');
      const elapsedMs = performance.now() - begun;
      return { elapsedMs, cpuMs: cpuMsOfTree(gateway.pid) - cpuBefore, peakMiB: memoryOf(gateway.pid).peakMiB };
    },
    [Symbol.asyncDispose]: () => gateway.stop(),
  };
}

const TOKEN = 'bench-admin-token-0123456789abcdef';
