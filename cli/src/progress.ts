import { SingleBar } from 'cli-progress';

/** Shows how far long work got. */
export interface ProgressBar {
  at(done: number, all: number): void;
  /** Leaves what was shown last. */
  stop(): void;
}

/** Where it is shown. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Elsewhere than on a terminal, one line is written at most so often. */
const LINE_MS = 5_000;

/** A bar on a terminal; elsewhere a line now and then, and none for work that is done sooner. `now` is in milliseconds. */
export function progressBar(
  label: string,
  stream: ProgressStream,
  now: () => number = () => performance.now(),
): ProgressBar {
  return stream.isTTY === true ? bar(label, stream) : lines(label, stream, now);
}

function bar(label: string, stream: ProgressStream): ProgressBar {
  const single = new SingleBar({
    stream: stream as NodeJS.WritableStream,
    format: `${label} [{bar}] {percentage} % {value}/{total}`,
    barCompleteChar: '#',
    barIncompleteChar: '.',
    barsize: 30,
    hideCursor: null,
    emptyOnZero: true,
  });
  let isStarted = false;
  return {
    at(done, all) {
      if (!isStarted) single.start(all, done);
      isStarted = true;
      single.setTotal(all);
      single.update(done);
    },
    stop() {
      if (isStarted) single.stop();
    },
  };
}

function lines(label: string, stream: ProgressStream, now: () => number): ProgressBar {
  let lastAt = now();
  return {
    at(done, all) {
      if (now() - lastAt < LINE_MS) return;
      lastAt = now();
      stream.write(`${label}: ${done} of ${all}\n`);
    },
    stop: () => undefined,
  };
}
