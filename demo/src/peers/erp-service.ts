import type { IncomingHttpHeaders } from 'node:http';
import { readBatch, writeBatch } from './erp-batch.ts';
import { ErpRefusal } from './erp-business.ts';
import type { ErpDialect, ErpEntitySet, ErpRow } from './erp-dialect.ts';
import { readFilter, type Wire } from './erp-filter.ts';
import type { ErpStore } from './erp-store.ts';
import type { PeerFaults } from './peer.ts';

export interface ErpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ErpRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface ServiceOptions {
  readonly dialect: ErpDialect;
  readonly store: ErpStore;
  readonly faults: PeerFaults;
  readonly maxPageSize: number;
  readonly origin: () => string;
}

/** The protocol: sets, entities, pages, changes, actions and batches of one dialect. */
export class ErpService {
  readonly #options: ServiceOptions;
  #corrupted = 0;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  answer(request: ErpRequest): ErpReply {
    try {
      return this.#route(request);
    } catch (error) {
      if (error instanceof ErpRefusal) return this.#error(400, error.code, error.message);
      if (error instanceof RangeError) return this.#error(400, 'BAD_REQUEST', error.message);
      throw error;
    }
  }

  /** What a body becomes while `corrupt` is on: each time something else that no client wants. */
  spoil(body: string): string {
    if (!this.#options.faults.isOn('corrupt')) return body;
    this.#corrupted += 1;
    const ways = [
      body.slice(0, body.length / 2),
      '<html><body>Logon</body></html>',
      '{"d":{"results":"none"},"value":7}',
      this.#error(500, 'SY/530', 'Internal error').body,
    ];
    return ways[this.#corrupted % ways.length] ?? '';
  }

  #route(request: ErpRequest): ErpReply {
    const { dialect } = this.#options;
    const url = new URL(request.url, this.#options.origin());
    const path = decodeURIComponent(url.pathname.slice(dialect.base.length + 1));
    if (path.endsWith('$batch')) return this.#batch(request, path.slice(0, -'$batch'.length));
    const { set: name, key, action } = readPath(path);
    const query = new Map([...url.searchParams].map(([option, value]) => [option, value]));
    if (action !== undefined || dialect.actions[name]) return this.#act(request, name, key, action, query);
    const set = dialect.sets[name];
    if (!set)
      return name === '' || name.endsWith('/')
        ? { status: 200, body: '{"d":{"EntitySets":[]}}' }
        : this.#error(404, '404', `Resource not found: ${name}`);
    const entityKey = key === undefined ? undefined : readKey(key, set.key);
    if (request.method === 'GET')
      return entityKey ? this.#entity(set, entityKey, query) : this.#page(request, url, name, set, query);
    if (request.method === 'POST' && set.create) return this.#created(set.create(readObject(request.body)));
    if (entityKey && set.patch && ['PATCH', 'MERGE'].includes(request.method))
      return this.#patch(request, set, entityKey);
    return this.#error(405, '405', 'Method not allowed');
  }

  #act(request: ErpRequest, name: string, key: string | undefined, action: string | undefined, query: Query): ErpReply {
    const { dialect } = this.#options;
    const run = dialect.actions[action === undefined ? name : `${name}/${action}`];
    if (!run || request.method !== 'POST') return this.#error(404, '404', `Resource not found: ${action ?? name}`);
    const of = dialect.sets[name];
    const bound = key === undefined || !of ? {} : readKey(key, of.key);
    const parameters = [...query].map(([parameter, value]) => [
      parameter,
      value.replace(/^'(.*)'$/s, '$1').replaceAll("''", "'"),
    ]);
    const body = request.body === '' ? {} : readObject(request.body);
    const result = run({ ...body, ...bound, ...(Object.fromEntries(parameters) as Wire) });
    return result ? this.#created(result) : { status: 204, body: '' };
  }

  #entity(set: ErpEntitySet, key: Wire, query: Query): ErpReply {
    const found = this.#find(set, key);
    if (!found) return this.#error(404, '404', 'Resource not found');
    const wire = this.#shown(found, query);
    const body =
      this.#options.dialect.version === 'v2' ? { d: wire } : { '@odata.context': '$metadata#entity', ...wire };
    return { status: 200, headers: { etag: etagOf(found) }, body: JSON.stringify(body) };
  }

  #page(request: ErpRequest, url: URL, name: string, set: ErpEntitySet, query: Query): ErpReply {
    const { dialect, store, faults, maxPageSize } = this.#options;
    const prefer = String(request.headers.prefer ?? '');
    const since = Number(query.get('$deltatoken') ?? -1);
    const filter = readFilterOf(query);
    const rows = set
      .rows()
      .filter(({ wire, version }) => version > since && filter(wire))
      .sort((left, right) => compareBy(set.key, left.wire, right.wire));
    const [skip, top] = [
      Number(query.get('$skiptoken') ?? query.get('$skip') ?? 0),
      Number(query.get('$top') ?? Infinity),
    ];
    if (!(skip >= 0) || !(top >= 0)) throw new RangeError('Invalid paging');
    const asked = Number(/odata\.maxpagesize=(\d+)/.exec(prefer)?.[1] ?? Infinity);
    const size = Math.min(top, asked, maxPageSize);
    const shown = rows.slice(skip, skip + size).map((found) => this.#shown(found, query));
    const isMore = rows.length > skip + size && top > size;
    const entries = this.#disturb(shown);
    const tracked = /odata\.track-changes/.test(prefer) || since >= 0 || query.has('$tracked');
    const link = (parameter: string, value: number) => {
      const next = new URL(url);
      for (const option of ['$skiptoken', '$skip', '$deltatoken']) next.searchParams.delete(option);
      next.searchParams.set(parameter, String(value));
      if (tracked) next.searchParams.set('$tracked', 'true');
      if (since >= 0 && parameter === '$skiptoken') next.searchParams.set('$deltatoken', String(since));
      return next.href;
    };
    const next = isMore ? link('$skiptoken', skip + size) : undefined;
    const count = query.get('$inlinecount') === 'allpages' || query.get('$count') === 'true' ? rows.length : undefined;
    const etag = `W/"${name}-${store.version}"`;
    if (request.headers['if-none-match'] === etag) return { status: 304, headers: { etag }, body: '' };
    if (dialect.version === 'v2') {
      const d = {
        results: entries,
        ...(count !== undefined && { __count: String(count) }),
        ...(next !== undefined && { __next: next }),
      };
      return { status: 200, headers: { etag }, body: JSON.stringify({ d }) };
    }
    const gone = since >= 0 && next === undefined ? (set.removedSince?.(since) ?? []) : [];
    const body = {
      '@odata.context': `$metadata#${name}`,
      ...(count !== undefined && { '@odata.count': count }),
      value: [...entries, ...gone.map((id) => ({ '@removed': { reason: 'deleted' }, ...id }))],
      ...(next !== undefined && { '@odata.nextLink': next }),
      ...(tracked && next === undefined && { '@odata.deltaLink': link('$deltatoken', store.version) }),
    };
    return { status: 200, headers: faults.isOn('reordering') ? {} : { etag }, body: JSON.stringify(body) };
  }

  #patch(request: ErpRequest, set: ErpEntitySet, key: Wire): ErpReply {
    const found = this.#find(set, key);
    if (!found) return this.#error(404, '404', 'Resource not found');
    const match = request.headers['if-match'];
    if (match === undefined) return this.#error(428, '428', 'Precondition required');
    if (match !== '*' && match !== etagOf(found)) return this.#error(412, '412', 'Precondition failed');
    set.patch?.(key, readObject(request.body));
    return { status: 204, body: '' };
  }

  /** Minimal: all of it is one change set, done whole or not at all. */
  #batch(request: ErpRequest, service: string): ErpReply {
    const parts = readBatch(request.headers['content-type'] ?? '', request.body);
    const { dialect, store } = this.#options;
    const replies: ErpReply[] = [];
    store.attempt(() =>
      parts.every((part) => {
        replies.push(this.answer({ ...part, url: `${dialect.base}/${service}${part.url}` }));
        return (replies.at(-1)?.status ?? 0) < 300;
      }),
    );
    return writeBatch(replies);
  }

  #find(set: ErpEntitySet, key: Wire): ErpRow | undefined {
    return set.rows().find(({ wire }) => set.key.every((field) => wire[field] === key[field]));
  }

  #shown(row: ErpRow, query: Query): Wire {
    const { wire, navigations } = row;
    const expanded = (query.get('$expand') ?? '').split(',').map((path) => path.split('/')[0]);
    const select = query.get('$select')?.split(',');
    const fields = Object.entries(wire).filter(([name]) =>
      navigations.includes(name) ? expanded.includes(name) : (select?.includes(name) ?? true),
    );
    const etag = etagOf(row);
    const isV2 = this.#options.dialect.version === 'v2';
    return { ...(isV2 ? { __metadata: { etag } } : { '@odata.etag': etag }), ...Object.fromEntries(fields) };
  }

  #disturb(entries: readonly Wire[]): readonly Wire[] {
    const { faults } = this.#options;
    const all = faults.isOn('duplicates') ? entries.flatMap((entry) => [entry, entry]) : entries;
    return faults.isOn('reordering') ? all.toReversed() : all;
  }

  #created(wire: Wire): ErpReply {
    return {
      status: 201,
      body: JSON.stringify(this.#options.dialect.version === 'v2' ? { d: wire } : { '@odata.context': '', ...wire }),
    };
  }

  #error(status: number, code: string, message: string): ErpReply {
    const words = this.#options.dialect.version === 'v2' ? { lang: 'en', value: message } : message;
    return { status, body: JSON.stringify({ error: { code, message: words } }) };
  }
}

type Query = ReadonlyMap<string, string>;

function readPath(path: string): { set: string; key?: string; action?: string } {
  const [, set = '', key, action] = /^([^(]*)(?:\((.*)\))?(?:(?<=\))\/([A-Za-z0-9_.]+))?$/s.exec(path) ?? [];
  return { set, ...(key !== undefined && { key }), ...(action !== undefined && { action }) };
}

/** `'1000'`, or `A='1',B='2'`. */
function readKey(text: string, fields: readonly string[]): Wire {
  const [only = ''] = fields;
  const pairs = [...text.matchAll(/(?:([A-Za-z0-9_]+)=)?(?:'((?:[^']|'')*)'|([^,']+))(?:,|$)/g)];
  if (pairs.length !== fields.length) throw new RangeError(`Invalid key predicate: ${text}`);
  return Object.fromEntries(
    pairs.map(([, field = only, quoted, plain]) => [field, quoted?.replaceAll("''", "'") ?? plain]),
  );
}

function readFilterOf(query: Query): (wire: Wire) => boolean {
  const filter = query.get('$filter');
  return filter === undefined ? () => true : readFilter(filter);
}

function readObject(text: string): Wire {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Wire;
  } catch {
    // The same as what is no object.
  }
  throw new RangeError('Malformed request body');
}

function etagOf({ version, etag }: Pick<ErpRow, 'version' | 'etag'>): string {
  return `W/"${etag ?? version}"`;
}

function compareBy(fields: readonly string[], left: Wire, right: Wire): number {
  for (const field of fields) {
    const [a, b] = [String(left[field]), String(right[field])];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}
