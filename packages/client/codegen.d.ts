import type { DocumentNode } from 'graphql';

interface DocumentFile {
  readonly document: DocumentNode;
}

/** Adds `__typename` to every selection whose type is an interface or a union. */
export function transform<File extends DocumentFile>(options: {
  readonly schema: DocumentNode;
  readonly documents: readonly File[];
}): File[];

export interface PluginConfig {
  /** The contract that the operations are generated against: exported as `CONTRACT`. */
  readonly contract?: string;
  /** Default: true. False where only hashes are sent. */
  readonly withTexts?: boolean;
}

/** A JSON text for a file `*.json`, TypeScript for any other. Throws an Error for an operation without a name. */
export function plugin(
  schema: unknown,
  files: readonly DocumentFile[],
  config: PluginConfig,
  info: { readonly outputFile: string },
): string | { prepend: string[]; content: string };
