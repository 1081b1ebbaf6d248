import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LIVE, SYSTEMS_MAIN, type DemoOptions, type SystemsTold } from '@takt/demo';

/** The backing systems of the demo plant, which live in a process of their own. */
export interface DemoSystems {
  /** Folders that declare them, and whatever else is declared. */
  readonly connectors: readonly string[];
  /** What the declarations name of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets business happen, from now on. */
  live(): void;
  close(): Promise<void>;
}

/**
 * Starts them over what they kept in the data directory. `declared`: folders of the configuration. Rejects if they do not
 * start. `onFault` hears when they stand still, or end before they are told to.
 */
export async function startDemoSystems(
  dataDir: string,
  plant: DemoOptions,
  declared: readonly string[] | undefined,
  onFault: (reason: string) => void,
): Promise<DemoSystems> {
  const child = fork(fileURLToPath(SYSTEMS_MAIN), [join(dataDir, 'demo'), JSON.stringify(plant)], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    env: { ...process.env, TSX_TSCONFIG_PATH: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let isClosing = false;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const started = await untilStarted(child);
  child.on('message', (told: SystemsTold) => {
    if (told.kind === 'FAULT') onFault(told.reason);
  });
  child.once('exit', (code, signal) => {
    if (!isClosing) onFault(`Its systems have ended (${signal ?? `exit code ${String(code)}`}).`);
  });
  return {
    connectors: [...(declared ?? (existsSync(DEFAULT_FOLDER) ? [DEFAULT_FOLDER] : [])), started.instances],
    env: started.env,
    live: () => void child.send(LIVE),
    async close() {
      isClosing = true;
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

const DEFAULT_FOLDER = 'connectors/instances';
const END_MS = 5_000;

function untilStarted(child: ChildProcess): Promise<Extract<SystemsTold, { kind: 'STARTED' }>> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('The systems of the demo plant did not start.')));
    child.once('message', (told: SystemsTold) => {
      if (told.kind === 'STARTED') resolve(told);
      else reject(new Error(told.reason));
    });
  });
}
