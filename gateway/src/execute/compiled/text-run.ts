import type { SubgraphTransport } from '../../transports/transport.ts';
import { askerOf } from '../asker.ts';
import type { RunOptions } from '../executor.ts';
import type { CompiledFetch, CompiledOperation } from './compiled-operation.ts';
import { isHole } from './object-plan.ts';
import type { Hole, Join } from './object-plan.ts';
import { originOf, representationOf } from './representation.ts';
import { EntityRecord, ObjectRecord, Scan, unrecognised } from './scanner.ts';
import type { Piece } from './scanner.ts';
import { variablesText } from './variables-text.ts';

/** What was sent for a fetch. */
export interface SentFetch {
  /** Byte text; of an entity fetch, in their order. */
  readonly representations: readonly string[];
  readonly answer: Promise<string>;
}

export interface CompiledRunContext {
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
  /** As the client gave them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly options: RunOptions;
}

/**
 * Runs a compiled operation on byte text alone: nothing is parsed, and every byte that reaches the client was checked against
 * the API schema. Answers undefined if anything is not as in the best case: an error, a null where none may be, a text
 * that is not recognised. What was sent by then stands in `sent`, by fetch, for whoever goes on from there; what stands
 * there before is not sent again. Rejects only when the signal aborts.
 */
export async function runOnText(
  compiled: CompiledOperation,
  context: CompiledRunContext,
  sent: Map<number, SentFetch>,
): Promise<string | undefined> {
  const run = new TextRun(compiled, context, sent);
  try {
    await run.fetchAll();
    return run.response();
  } catch {
    // Whatever it was, the other way of running finds it again in what was sent, and reports it.
    context.options.signal.throwIfAborted();
    return undefined;
  }
}

const ended = Promise.resolve();

interface Waiting {
  readonly record: ObjectRecord;
  readonly slot: number;
  readonly join: Join;
}

class TextRun {
  readonly #root: ObjectRecord;
  /** The objects that each entity fetch starts from. */
  readonly #waiting: Waiting[][];
  #entities = 0;

  constructor(
    readonly compiled: CompiledOperation,
    readonly context: CompiledRunContext,
    readonly sent: Map<number, SentFetch>,
  ) {
    this.#root = new ObjectRecord(compiled.root);
    this.#waiting = compiled.fetches.map(() => []);
  }

  async fetchAll(): Promise<void> {
    const running: Promise<void>[] = [];
    for (const fetch of this.compiled.fetches) {
      const [only] = fetch.after;
      if (only === undefined) running.push(this.#fetch(fetch));
      else {
        const before =
          fetch.after.length === 1 ? running[only] : Promise.all(fetch.after.flatMap((id) => running[id] ?? []));
        running.push((before ?? ended).then(() => this.#fetch(fetch)));
      }
    }
    // All are waited for, so that none is left to reject unheard.
    for (const result of await Promise.allSettled(running)) if (result.status === 'rejected') throw result.reason;
  }

  response(): string {
    let text = '{"data":{';
    this.compiled.root.parts.forEach((part, index) => {
      if (index > 0) text += ',';
      // What comes from no fetch is the name of the root type, whose pattern is the name itself.
      if (isHole(part)) text += runText(this.#root, part);
      else if (part.value.kind === 'flat') text += `"${part.responseName}":${part.value.pattern}`;
    });
    return `${text}}}`;
  }

  #fetch(fetch: CompiledFetch): Promise<void> {
    if (!fetch.operation) return ended;
    return fetch.targets ? this.#fetchEntities(fetch) : this.#fetchRoot(fetch);
  }

  async #fetchRoot(fetch: CompiledFetch): Promise<void> {
    const entity = new EntityRecord(this.compiled.rootType.name, this.#entities++);
    this.#root.entities[this.compiled.root.joins.findIndex((join) => join.fetch === fetch.id)] = entity;
    const scan = this.#scan(await this.#send(fetch, []));
    scan.expectText('{"data":');
    this.#read(fetch, scan, entity);
    scan.expectText('}');
    scan.expectEnd();
  }

  async #fetchEntities(fetch: CompiledFetch): Promise<void> {
    const entities = new Map<string, EntityRecord>();
    const byOrigin = new Map<string, EntityRecord | null>();
    const isOfOneType = fetch.scanners.size === 1;
    for (const { record, slot, join } of this.#waiting[fetch.id] ?? []) {
      const origin = originOf(join.representation, record, isOfOneType);
      let entity = origin === undefined ? undefined : byOrigin.get(origin);
      if (entity === undefined) {
        entity = this.#entityOf(entities, record, join);
        if (origin !== undefined) byOrigin.set(origin, entity);
      }
      record.entities[slot] = entity;
    }
    if (entities.size === 0) return;
    const scan = this.#scan(await this.#send(fetch, [...entities.keys()]));
    scan.expectText('{"data":{"_entities":[');
    let isFirst = true;
    for (const entity of entities.values()) {
      if (!isFirst) scan.expectText(',');
      isFirst = false;
      if (!scan.isNull()) this.#read(fetch, scan, entity);
    }
    scan.expectText(']}}');
    scan.expectEnd();
  }

  /** The entity that an object's join asks for, the same for all that send the same; null if a value is missing. */
  #entityOf(entities: Map<string, EntityRecord>, record: ObjectRecord, join: Join): EntityRecord | null {
    const { sendsAs } = join;
    let representation = sendsAs === undefined ? undefined : record.representations[sendsAs];
    representation ??= representationOf(join.representation, record);
    if (representation === undefined) return null;
    if (sendsAs !== undefined) {
      if (record.representations.length === 0) record.representations = [];
      record.representations[sendsAs] = representation;
    }
    let entity = entities.get(representation);
    if (!entity) entities.set(representation, (entity = new EntityRecord(join.typeName, this.#entities++)));
    return entity;
  }

  #send(fetch: CompiledFetch, representations: readonly string[]): Promise<string> {
    const known = this.sent.get(fetch.id);
    if (known) return known.answer;
    const sent = send(fetch, representations, this.context);
    this.sent.set(fetch.id, sent);
    return sent.answer;
  }

  #scan(text: string): Scan {
    return new Scan(text, (record, slot, join) => this.#waiting[join.fetch]?.push({ record, slot, join }));
  }

  #read(fetch: CompiledFetch, scan: Scan, entity: EntityRecord): void {
    const read = fetch.scanners.get(entity.typeName);
    if (!read) throw unrecognised;
    read(scan, entity);
  }
}

/** Sends a fetch. The answer rejects as the transport does. */
export function send(
  fetch: CompiledFetch,
  representations: readonly string[],
  { transports, variables, options }: CompiledRunContext,
): SentFetch {
  const answer = async () => {
    options.signal.throwIfAborted();
    const transport = transports.get(fetch.service);
    if (!transport || !fetch.operation) throw new Error(`no transport for subgraph "${fetch.service}"`);
    return transport.executeText({
      operation: fetch.operation,
      variables: variablesText(fetch, variables, representations),
      signal: options.signal,
      ...(options.headers && { headers: options.headers }),
      asker: askerOf(options),
    });
  };
  return { representations, answer: answer() };
}

function runText(record: ObjectRecord, hole: Hole): string {
  const entity = record.entities[hole.slot];
  if (!entity?.found) {
    if (hole.absent === undefined) throw unrecognised;
    return hole.absent;
  }
  const run = entity.runs[hole.run];
  if (typeof run === 'string') return run;
  const text = assembled(run ?? []);
  // The same entity may stand in many places.
  entity.runs[hole.run] = text;
  return text;
}

function assembled(pieces: readonly Piece[]): string {
  let text = '';
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index];
    if (typeof piece === 'string') text += piece;
    else if (piece instanceof ObjectRecord) text += runText(piece, pieces[++index] as Hole);
  }
  return text;
}
