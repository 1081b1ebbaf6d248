/** What the process of the plant's systems tells the one that started it, over its channel. */
export type SystemsTold =
  /** The systems are there: where they are declared, and what that names of the environment. */
  | { readonly kind: 'STARTED'; readonly instances: string; readonly env: Readonly<Record<string, string>> }
  /** The plant stands still for a moment. */
  | { readonly kind: 'FAULT'; readonly reason: string };

/** Told to that process: business happens from now on. */
export const LIVE = 'LIVE';

/** Its program: `main.ts <folder> <plant as JSON>`. */
export const SYSTEMS_MAIN = new URL('./main.ts', import.meta.url);
