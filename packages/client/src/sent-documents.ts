import type { UntypedDocument } from './document.ts';
import type { GraphqlError } from './errors.ts';

/**
 * How operations are sent: by their hash, which has to be published; by their text; or, `auto`, by the hash at first
 * and from then on by the text if the gateway does not know it.
 */
export type DocumentMode = 'auto' | 'hash' | 'text';

export type DocumentParameters = { readonly documentId: string } | { readonly query: string };

/** Codes of a gateway that does not know a hash, and of one that knows no hashes at all. */
const UNKNOWN_CODES: ReadonlySet<unknown> = new Set(['DOCUMENT_UNKNOWN', 'BAD_REQUEST', 'GRAPHQL_PARSE_FAILED']);

export class SentDocuments {
  readonly #mode: DocumentMode;
  readonly #unknown = new Set<string>();

  constructor(mode: DocumentMode) {
    this.#mode = mode;
  }

  /** Throws if the document does not have what the mode sends. */
  parametersOf({ name = 'The document', hash, text }: UntypedDocument): DocumentParameters {
    if (this.#mode === 'text' || (this.#mode === 'auto' && (hash === undefined || this.#unknown.has(hash)))) {
      if (text === undefined) throw new TypeError(`${name} has no text: generate it without "withTexts: false".`);
      return { query: text };
    }
    if (hash === undefined) throw new TypeError(`${name} has no hash: generate it with @takt/client/codegen.`);
    return { documentId: `sha256:${hash}` };
  }

  /** Whether an operation that was refused is to be sent once more, now by its text. */
  isToBeSentAgain({ hash, text }: UntypedDocument, errors: readonly GraphqlError[]): boolean {
    if (this.#mode !== 'auto' || hash === undefined || text === undefined || this.#unknown.has(hash)) return false;
    if (!UNKNOWN_CODES.has(errors[0]?.extensions?.['code'])) return false;
    this.#unknown.add(hash);
    return true;
  }
}
