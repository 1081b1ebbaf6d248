import type { EventLog } from '@takt/event-log';
import { liveChanges } from '@takt/subgraph-server';
import type { CommitmentRevised, ReceiptPosted, ShipmentNotified } from './events.ts';

/** What the resolvers turn into `SupplierCommitmentRevised`. */
export type CommitmentNews =
  | { readonly kind: 'REVISED'; readonly change: CommitmentRevised }
  | { readonly kind: 'SHIPPED'; readonly change: ShipmentNotified }
  | { readonly kind: 'RECEIVED'; readonly change: ReceiptPosted };

export interface CommitmentNewsAsked {
  readonly plant?: string | null;
  readonly supplier?: string | null;
  readonly after?: string | null;
}

/** Revisions, shipments and receipts, of one plant or one supplier if so asked. */
export function commitmentNews(log: EventLog, asked: CommitmentNewsAsked) {
  return liveChanges(log, asked.after, (event): CommitmentNews | undefined => {
    const kind = KINDS[event.type];
    if (!kind) return undefined;
    const news = { kind, change: event.data } as CommitmentNews;
    if (asked.plant != null && news.change.location !== asked.plant) return undefined;
    if (asked.supplier != null && news.change.supplier !== asked.supplier) return undefined;
    return news;
  });
}

const KINDS: Readonly<Record<string, CommitmentNews['kind']>> = {
  SupplierCommitmentRevised: 'REVISED',
  SupplierShipmentNotified: 'SHIPPED',
  SupplierReceiptPosted: 'RECEIVED',
};
