import { Worker } from 'node:worker_threads';

/** Starts a thread on a TypeScript module. It does not keep the process alive. */
export function startThread(entry: URL, workerData: unknown, { maxHeapMb }: { readonly maxHeapMb: number }): Worker {
  const worker = new Worker(bootstrap(entry), {
    eval: true,
    execArgv: [],
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  });
  worker.unref();
  return worker;
}

/** Node 20 reads TypeScript only where tsx is registered, and in a thread that takes a call rather than a flag. */
function bootstrap(entry: URL): string {
  const [tsx, module, parent] = [import.meta.resolve('tsx/esm/api'), entry.href, import.meta.url].map((url) =>
    JSON.stringify(url),
  );
  return `
    import(${tsx})
      .then(({ tsImport }) => tsImport(${module}, ${parent}))
      .catch((error) => setImmediate(() => { throw error; }));
  `;
}
