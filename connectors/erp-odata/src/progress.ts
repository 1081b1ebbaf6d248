import { createHash } from 'node:crypto';
import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Checkpoints } from '@takt/backing-system';
import type { EntitySet } from './settings.ts';

const Cursor = Type.Union([
  Type.Object({ at: Type.Literal('start') }),
  /** Where the system said that it goes on. */
  Type.Object({ at: Type.Literal('link'), link: Type.String() }),
  /** `last`: key of the row that the page must begin with, unless rows have moved. */
  Type.Object({ at: Type.Literal('row'), skip: Type.Integer({ minimum: 0 }), last: Type.Optional(Type.String()) }),
]);
export type Cursor = Static<typeof Cursor>;

const Run = Type.Object({
  /** Grows by one with each run, whether it came to its end or not. */
  number: Type.Integer({ minimum: 1 }),
  page: Type.Integer({ minimum: 0 }),
  cursor: Cursor,
  /** RFC 3339, by the system's clock: what changes later, the next run reads. Unknown until the first answer. */
  startedAt: Type.Optional(Type.String()),
  etag: Type.Optional(Type.String()),
  /** How often rows had moved between two pages. */
  moved: Type.Optional(Type.Integer()),
});

/** How far an entity set was read: its checkpoint. */
const Progress = Type.Object({
  /** Of the set's settings: what was read by others says nothing. */
  settings: Type.String(),
  runs: Type.Integer({ minimum: 0 }),
  /** One that has not come to its end. */
  run: Type.Optional(Run),
  /** `startedAt` of the last run that came to its end. */
  readUntil: Type.Optional(Type.String()),
  deltaLink: Type.Optional(Type.String()),
  /** Of the last whole run, if one page held all. */
  etag: Type.Optional(Type.String()),
  /** RFC 3339, by our clock. */
  finishedAt: Type.Optional(Type.String()),
});
export type Progress = Static<typeof Progress>;
export type Run = Static<typeof Run>;

export async function readProgress(checkpoints: Checkpoints, set: EntitySet): Promise<Progress> {
  const kept = await checkpoints.read(checkpointOf(set));
  const settings = createHash('sha256')
    .update(JSON.stringify(whatIsAsked(set)))
    .digest('base64url')
    .slice(0, 16);
  if (!Value.Check(Progress, kept)) return { settings, runs: 0 };
  // Keys of documents never come twice: runs are counted on.
  return kept.settings === settings ? kept : { settings, runs: kept.runs };
}

export function keepProgress(checkpoints: Checkpoints, set: EntitySet, progress: Progress): Promise<void> {
  return checkpoints.write(checkpointOf(set), progress);
}

function checkpointOf({ name }: EntitySet): string {
  return `set/${name}`;
}

function whatIsAsked({ path, key, expand, select, filter, changedOn, trackChanges, paging }: EntitySet): unknown {
  return [path, key, expand, select, filter, changedOn?.field, changedOn?.type, trackChanges, paging];
}
