import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';

/** One operation with all its fragments, as the code generator's plugin `@takt/client/codegen` makes it. */
export interface TaktDocument<Data, Variables> extends UntypedDocument, DocumentTypeDecoration<Data, Variables> {}

export interface UntypedDocument {
  readonly name?: string;
  /** SHA-256 of `text` in UTF-8, in hexadecimal. */
  readonly hash?: string;
  /** Absent where only hashes are sent. */
  readonly text?: string;
  /** A subscription that takes `$after`. */
  readonly isResumable?: boolean;
}
