import { gatewayError, OperationRefused } from '../errors.ts';
import type { GatewayErrorCode } from '../errors.ts';
import { hashOf } from './document-hash.ts';

/** What a request says of its document: the text, the hash of one that is registered, or both. */
export interface DocumentParameters {
  /** Where a protocol wants one, empty for none. */
  readonly query?: string | null | undefined;
  /** `sha256:HEX`, or the hexadecimal digits alone. */
  readonly documentId?: unknown;
  /** Apollo's clients put the hash into `persistedQuery.sha256Hash`. */
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface KnownDocuments {
  /** `only`: nothing else runs. */
  readonly mode: 'optional' | 'only';
  /** The text with this hash. */
  get(hash: string): string | undefined;
}

/**
 * The text of the document that a request asks for, whatever it came by: HTTP, a batch, a websocket. Throws
 * {@link OperationRefused} with DOCUMENT_UNKNOWN, DOCUMENT_HASH_MISMATCH or DOCUMENT_NOT_TRUSTED.
 */
export function documentOf(parameters: DocumentParameters, trusted: KnownDocuments | undefined): string {
  const { documentId, extensions } = parameters;
  const persisted = persistedHashOf(extensions);
  const { query } = parameters;
  if (documentId == null && persisted == null) {
    if (trusted?.mode === 'only') throw refused('DOCUMENT_NOT_TRUSTED', notTrusted);
    return query ?? '';
  }
  const hash = hashOfId(documentId ?? persisted);
  if (documentId != null && persisted != null && hashOfId(persisted) !== hash) {
    throw refused('DOCUMENT_HASH_MISMATCH', 'documentId and extensions.persistedQuery name different documents.');
  }
  const known = hash === undefined ? undefined : trusted?.get(hash);
  if (!query) {
    if (known === undefined) throw refused('DOCUMENT_UNKNOWN', unknown(hash, trusted));
    return known;
  }
  if (known === query) return query;
  if (hashOf(query) !== hash) {
    throw refused(
      'DOCUMENT_HASH_MISMATCH',
      'The hash is not that of the text: send the SHA-256 of exactly this text, or one of the two alone.',
    );
  }
  if (trusted?.mode === 'only') throw refused('DOCUMENT_UNKNOWN', unknown(hash, trusted));
  return query;
}

/** Whether a query may be extracted: all may, unless only registered documents run and it is none. */
export function mayExtract(query: string, trusted: KnownDocuments | undefined): boolean {
  return trusted?.mode !== 'only' || trusted.get(hashOf(query)) !== undefined;
}

/** Whether a request may do without a text. */
export function namesDocument({ documentId, extensions }: DocumentParameters): boolean {
  return documentId != null || persistedHashOf(extensions) != null;
}

/** Apollo's clients send the object with every request, for some without a hash. */
function persistedHashOf(extensions: DocumentParameters['extensions']): unknown {
  const persisted = extensions?.['persistedQuery'];
  return typeof persisted === 'object' && persisted !== null && 'sha256Hash' in persisted
    ? persisted.sha256Hash
    : undefined;
}

/** Undefined for what cannot be the id of any document of ours. */
function hashOfId(id: unknown): string | undefined {
  return typeof id === 'string' ? idForm.exec(id)?.[1] : undefined;
}

const idForm = /^(?:sha256:)?([0-9a-f]{64})$/;

const publishing = 'npm run takt -- operations publish';

const notTrusted = `This gateway runs registered documents only, each by its hash. Publish it with \`${publishing}\`, and send documentId in place of the text.`;

function unknown(hash: string | undefined, trusted: KnownDocuments | undefined): string {
  if (hash === undefined) {
    return 'A document is named by sha256: and 64 hexadecimal digits in lower case, the SHA-256 of its text.';
  }
  if (!trusted) return 'This gateway registers no documents: send the text.';
  return `No document with the hash ${hash} is registered. Publish it with \`${publishing}\`.`;
}

function refused(code: GatewayErrorCode, message: string): OperationRefused {
  return new OperationRefused([gatewayError(code, message)]);
}
