import type { DocumentStore } from './port.ts';

/** As {@link import('./mongodb.ts').openMongoStore}, whose driver nobody loads who keeps documents elsewhere. */
export async function openMongoStore(options: { uri: string; database: string }): Promise<DocumentStore> {
  const { openMongoStore: open } = await import('./mongodb.ts');
  return open(options);
}
