import type { DocumentStore } from './port.ts';
export function openMongoStore(_options: { uri: string; database: string }): Promise<DocumentStore> { return Promise.reject(new Error('being written')); }
