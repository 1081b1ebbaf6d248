export { createTaktClient, type TaktClient, type TaktClientOptions } from './client.ts';
export * from './generated/operations.ts';
export { TaktRequestError } from './request-error.ts';
