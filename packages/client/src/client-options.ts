import type { DeprecationNotice } from './deprecation.ts';
import type { DocumentMode } from './sent-documents.ts';

export interface TaktClientOptions {
  /** `http://HOST:PORT/graphql` */
  readonly url: string;
  /**
   * The version of the contract that is spoken, e.g. `2026-11`, or an audience's, e.g. `suppliers/2026-11`. Default: the
   * one that this package's own operations were generated against; pass your generated `CONTRACT`. `null` of a gateway
   * whose graph has no versions.
   */
  readonly contract?: string | null | undefined;
  /** Who asks, for the gateway's record of what consumers use. */
  readonly client?: { readonly name: string; readonly version: string } | undefined;
  /** A bearer token, or where to get a fresh one: asked for each request and each connection. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /** Default: `auto`. */
  readonly documents?: DocumentMode | undefined;
  /** Told once for each operation that uses what will go, and once for a contract that will. */
  readonly onDeprecated?: ((notice: DeprecationNotice) => void) | undefined;
  /** How long a query or mutation may take, in milliseconds; Infinity for as long as it does. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** For a Node before 22, which has no WebSocket of its own: the `ws` package's. */
  readonly webSocketImpl?: unknown;
}

export interface CallOptions {
  /** Ends the operation when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

export interface RequestOptions extends CallOptions {
  /** Instead of the client's, in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** What a client says of itself with a request, or when a websocket connects. */
export type Introduction = Readonly<Record<string, string>>;

export async function introductionOf({ contract, client, token }: TaktClientOptions): Promise<Introduction> {
  const fresh = typeof token === 'function' ? await token() : token;
  return {
    ...(typeof contract === 'string' && { 'Takt-Contract': contract }),
    ...(client && { 'Takt-Client': `${client.name}/${client.version}` }),
    ...(fresh !== undefined && { authorization: `Bearer ${fresh}` }),
  };
}
