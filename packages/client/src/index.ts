export { createTaktClient, TaktRequestError, type TaktClient, type TaktClientOptions } from './client.ts';
export * from './generated/operations.ts';
