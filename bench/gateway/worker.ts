import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { OTHERS_CORE, pinned } from './pinned.ts';

/** A script of this benchmark in a process of its own, with which it exchanges messages; ends with this process. */
export interface Worker {
  /** The next message from it. Throws if it ends instead. */
  heard(): Promise<unknown>;
  tell(message: object): void;
  stop(): Promise<void>;
}

export function startWorker(script: URL): Worker {
  const [command, args] = pinned(OTHERS_CORE, process.execPath, ['--import', 'tsx', fileURLToPath(script)]);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const exited = once(child, 'exit').then(() => {
    throw new Error(`${script.pathname} has ended.`);
  });
  exited.catch(() => undefined);
  return {
    heard: () => Promise.race([once(child, 'message').then(([message]: unknown[]) => message), exited]),
    tell: (message) => void child.send(message),
    async stop() {
      if (child.connected) child.disconnect();
      await exited.catch(() => undefined);
    },
  };
}
