import type { TrustedDocumentsOptions } from './trusted-documents.ts';

/** The environment variables that say which documents run. */
export const trustedDocumentsSettings = [
  /** Where registered documents are kept; turns them on. */
  'TAKT_TRUSTED_DOCUMENTS_DIR',
  /** `only` or `optional`; in production `only` unless given. */
  'TAKT_TRUSTED_DOCUMENTS',
] as const;

/**
 * Where registered documents are kept, by the environment or else by the configuration file, and whether others run as
 * well. Undefined if none are kept. Throws an Error with a message for the operator.
 */
export function trustedDocumentsOf(
  env: Readonly<Record<string, string | undefined>>,
  configured: Partial<TrustedDocumentsOptions> | undefined,
  isProduction: boolean,
): TrustedDocumentsOptions | undefined {
  const folder = env['TAKT_TRUSTED_DOCUMENTS_DIR'] || configured?.folder;
  const mode = env['TAKT_TRUSTED_DOCUMENTS'] || configured?.mode || (isProduction ? 'only' : 'optional');
  if (mode !== 'only' && mode !== 'optional') {
    throw new Error(`TAKT_TRUSTED_DOCUMENTS=${mode}: expected only or optional.`);
  }
  if (folder) return { folder, mode };
  if (env['TAKT_TRUSTED_DOCUMENTS'] || configured?.mode) {
    throw new Error('Trusted documents need the folder they are kept in: set TAKT_TRUSTED_DOCUMENTS_DIR.');
  }
  return undefined;
}
