/** Where a command reads its settings and writes what it has to say. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: { write(text: string): unknown; readonly columns?: number };
  readonly err: { write(text: string): unknown; readonly isTTY?: boolean };
}

export const THIS_TERMINAL: Terminal = { env: process.env, out: process.stdout, err: process.stderr };
