import type { TrustedDocumentsOptions } from './trusted-documents.ts';

/**
 * Where registered documents are kept (`TAKT_TRUSTED_DOCUMENTS_DIR`, or else the configuration file says so), and
 * whether others run as well (`TAKT_TRUSTED_DOCUMENTS`, `only` or `optional`; in production `only` unless given).
 * Undefined if none are kept. Throws an Error with a message for the operator.
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
