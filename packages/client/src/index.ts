export { createTaktClient, type TaktClient } from './client.ts';
export type { CallOptions, RequestOptions, TaktClientOptions } from './client-options.ts';
export type { DeprecationNotice } from './deprecation.ts';
export type { TaktDocument } from './document.ts';
export { TaktConnectionError, TaktRequestError, type GraphqlError } from './errors.ts';
export * from './generated/operations.ts';
export type { DocumentMode } from './sent-documents.ts';
