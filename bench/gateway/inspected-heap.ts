import { once } from 'node:events';
import { WebSocket } from 'ws';

/** The heap of another Node process that was started with `--inspect`. */
export interface InspectedHeap extends Disposable {
  /** MiB in use after a full garbage collection. */
  usedMiB(): Promise<number>;
}

/** Connects to the inspector on a port of this machine. */
export async function inspectHeap(port: number): Promise<InspectedHeap> {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    readonly webSocketDebuggerUrl: string;
  }[];
  if (!target) throw new Error('The gateway has no inspector.');
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await once(socket, 'open');
  let lastId = 0;
  const call = async (method: string): Promise<Record<string, unknown>> => {
    const id = ++lastId;
    socket.send(JSON.stringify({ id, method }));
    for (;;) {
      const [data] = (await once(socket, 'message')) as [Buffer];
      const message = JSON.parse(data.toString()) as {
        readonly id?: number;
        readonly result?: Record<string, unknown>;
      };
      if (message.id === id) return message.result ?? {};
    }
  };
  return {
    async usedMiB() {
      // The second takes what finalizers of the first have let go.
      await call('HeapProfiler.collectGarbage');
      await call('HeapProfiler.collectGarbage');
      const { usedSize } = await call('Runtime.getHeapUsage');
      return Number(usedSize) / 2 ** 20;
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
}
