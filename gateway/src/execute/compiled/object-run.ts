import type { GraphQLError } from 'graphql';
import { fromByteText, toByteText } from '../../byte-text.ts';
import { readSubgraphResult } from '../../transports/subgraph-result.ts';
import type { SubgraphReportedError, SubgraphResult } from '../../transports/transport.ts';
import { entitiesFault, failedFetch, subgraphError } from '../fetch-errors.ts';
import { fixedPart, objectsAt, pathsAt } from '../flatten-path.ts';
import type { ResponsePath } from '../flatten-path.ts';
import { getOwn, isResponseObject, mergeInto } from '../own-properties.ts';
import type { ResponseObject } from '../own-properties.ts';
import type { CompiledFetch, CompiledOperation } from './compiled-operation.ts';
import { representationOfData } from './representation.ts';
import { send } from './text-run.ts';
import type { CompiledRunContext, SentFetch } from './text-run.ts';

/** What a run has found: all data in the client's names, and what went wrong. */
export interface ObjectRunResult {
  readonly data: ResponseObject;
  readonly errors: readonly GraphQLError[];
}

/**
 * Runs the same fetches as {@link runOnText} on parsed data, which allows for everything that may go wrong. What was
 * sent already is not sent again. Rejects only when the signal aborts.
 */
export async function runOnObjects(
  { fetches, typeKey }: CompiledOperation,
  context: CompiledRunContext,
  sent: ReadonlyMap<number, SentFetch>,
): Promise<ObjectRunResult> {
  const run = new ObjectRun(context, typeKey, sent);
  const running: Promise<void>[] = [];
  for (const fetch of fetches) {
    running.push(Promise.all(fetch.after.flatMap((id) => running[id] ?? [])).then(() => run.fetch(fetch)));
  }
  await Promise.all(running);
  return run;
}

class ObjectRun implements ObjectRunResult {
  readonly data = Object.create(null) as ResponseObject;
  readonly errors: GraphQLError[] = [];

  constructor(
    readonly context: CompiledRunContext,
    readonly typeKey: string,
    readonly sent: ReadonlyMap<number, SentFetch>,
  ) {}

  async fetch(fetch: CompiledFetch): Promise<void> {
    if (!fetch.operation) return;
    if (fetch.targets) return this.#fetchEntities(fetch);
    const fields = fetch.fields.length > 0 ? fetch.fields.map((field) => [field]) : [undefined];
    const result = await this.#answer(fetch, this.sent.get(fetch.id) ?? send(fetch, [], this.context), fields);
    if (!result) return;
    if (result.data) mergeInto(this.data, result.data);
    for (const error of result.errors ?? []) {
      const paths = error.path || result.data ? [error.path] : fields;
      for (const path of paths) this.errors.push(subgraphError(fetch.service, error, path));
    }
  }

  async #fetchEntities(fetch: CompiledFetch): Promise<void> {
    const places = this.#placesOf(fetch);
    const asked = new Map<string, Place[]>();
    for (const place of places) {
      const known = asked.get(place.representation);
      if (known) known.push(place);
      else asked.set(place.representation, [place]);
    }
    if (asked.size === 0) return;
    const known = this.sent.get(fetch.id);
    const sent = new Set(known?.representations);
    const missing = [...asked.keys()].filter((each) => !sent.has(each));
    const parts = [...(known ? [known] : []), ...(missing.length > 0 ? [send(fetch, missing, this.context)] : [])];
    const wholes = [...new Map(places.map(({ whole }) => [whole.join('.'), whole])).values()];
    for (const part of parts) {
      const result = await this.#answer(fetch, part, wholes);
      if (result) this.#addEntities(fetch, part.representations, asked, result, wholes);
    }
  }

  /** Every object that the fetch starts from, with what it sends of it. */
  #placesOf(fetch: CompiledFetch): Place[] {
    const places: Place[] = [];
    for (const { path, join } of fetch.targets ?? []) {
      const objects: ResponseObject[] = [];
      objectsAt(this.data, path, (object) => objects.push(object));
      if (objects.length === 0) continue;
      const paths = pathsAt(this.data, path);
      const whole = fixedPart(path);
      objects.forEach((object, index) => {
        const type = getOwn(object, this.typeKey);
        if (type !== undefined && type !== join.typeName) return;
        const representation = representationOfData(join.representation, object);
        const place = paths[index];
        if (representation === undefined || !place) return;
        places.push({ object, path: place, representation: toByteText(representation), whole });
      });
    }
    return places;
  }

  #addEntities(
    { service }: CompiledFetch,
    representations: readonly string[],
    asked: ReadonlyMap<string, readonly Place[]>,
    { data, errors = [] }: SubgraphResult,
    wholes: readonly ResponsePath[],
  ): void {
    for (const error of errors) this.#addEntityError(service, representations, asked, error, wholes);
    const entities = data && getOwn(data, '_entities');
    if (!Array.isArray(entities) || entities.length !== representations.length) {
      if (errors.length === 0) this.#fail(service, entitiesFault(service), wholes);
      return;
    }
    representations.forEach((representation, index) => {
      const entity: unknown = entities[index];
      if (!isResponseObject(entity)) return;
      for (const { object } of asked.get(representation) ?? []) mergeInto(object, entity);
    });
  }

  #addEntityError(
    service: string,
    representations: readonly string[],
    asked: ReadonlyMap<string, readonly Place[]>,
    error: SubgraphReportedError,
    wholes: readonly ResponsePath[],
  ): void {
    const [root, position, ...rest] = error.path ?? [];
    if (root !== '_entities' || typeof position !== 'number') {
      for (const whole of wholes) this.errors.push(subgraphError(service, error, nonEmpty(whole)));
      return;
    }
    for (const { path } of asked.get(representations[position] ?? '') ?? []) {
      this.errors.push(subgraphError(service, error, [...path, ...rest]));
    }
  }

  async #answer(
    { service }: CompiledFetch,
    { answer }: SentFetch,
    wholes: readonly (ResponsePath | undefined)[],
  ): Promise<SubgraphResult | undefined> {
    const { signal } = this.context.options;
    try {
      return readSubgraphResult(service, fromByteText(await answer));
    } catch (error) {
      signal.throwIfAborted();
      this.#fail(service, error, wholes);
      return undefined;
    }
  }

  #fail(service: string, failure: unknown, wholes: readonly (ResponsePath | undefined)[]): void {
    for (const whole of wholes) this.errors.push(failedFetch(service, failure, whole && nonEmpty(whole)));
  }
}

interface Place {
  readonly object: ResponseObject;
  readonly path: ResponsePath;
  readonly representation: string;
  /** The part of the place that is the same for all that the fetch starts from there. */
  readonly whole: ResponsePath;
}

function nonEmpty(path: ResponsePath): ResponsePath | undefined {
  return path.length > 0 ? path : undefined;
}
