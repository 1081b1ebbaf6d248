import { JOB_PHASES, JOB_STATES, REFUSALS, type RefusalCode } from '@takt/extraction';
import { connectionOf, DateTimeScalar, enumOf } from '@takt/subgraph-server';
import { GraphQLJSON } from 'graphql-scalars';
import { createUnionType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';

export const ExtractState = enumOf('ExtractState', JOB_STATES, 'How an extract stands.', {
  QUEUED: 'It waits for others to end.',
  RUNNING: 'It is being read or written; also while the process that does so is replaced.',
  DONE: 'Its files can be downloaded.',
  FAILED: 'It came to no end: `failure` says why. Nothing is left of it.',
  CANCELLED: 'Its owner did not want it any more. Nothing is left of it.',
});

export const ExtractPhase = enumOf('ExtractPhase', JOB_PHASES, 'What is being done for an extract.', {
  READING: 'Rows are read, page by page.',
  CATCHING_UP: 'Rows that changed meanwhile, or since the position asked for, are read.',
  WRITING: 'Files are written.',
});

export const ExtractFormat = enumOf(
  'ExtractFormat',
  ['JSON_LINES', 'CSV', 'PARQUET'],
  'What a file of an extract is.',
  {
    JSON_LINES: 'A JSON object in each line: the row as it was asked for.',
    CSV: "RFC 4180 in UTF-8 with a header; fields of objects are columns of their own, e.g. `quantity.value`, lists are JSON. A text that a spreadsheet would run as a formula, which begins with `=`, `+`, `-`, `@`, a tab or a line break, also behind one or more `'`, and is no number, has one more `'` before it: take that away.",
    PARQUET:
      'Apache Parquet with the same columns as CSV, typed by the schema; decimals are texts, so that they stay exact.',
  },
);

export const ExtractRefusal = enumOf('ExtractRefusal', REFUSALS, 'Why there is no extract.', refusalTexts());

function refusalTexts(): Record<RefusalCode, string> {
  return {
    EXTRACT_QUERY_INVALID: 'The query, or its variables, are not right.',
    EXTRACT_NOT_PAGEABLE: 'It cannot be read page by page as of one position of a log.',
    EXTRACT_NOT_PERMITTED:
      'You may not see all that the query asks for, or only registered documents run here, and the query is not registered.',
    EXTRACT_CURSOR_INVALID: '`since` is not the position of an extract.',
    EXTRACT_CURSOR_TOO_OLD: 'The log does not reach back to `since`: extract everything anew.',
    EXTRACT_KEY_REUSED: 'Another extract was started with the same `idempotencyKey`.',
    EXTRACTS_EXHAUSTED: 'There are too many extracts already.',
    EXTRACT_UNAVAILABLE: 'The graph does not answer at the moment.',
  };
}

@ObjectType({ simpleResolvers: true, description: 'How far an extract is.' })
export class ExtractProgress {
  @Field(() => ExtractPhase)
  phase!: keyof typeof ExtractPhase;

  @Field(() => Int, { description: 'Rows read so far; once it is done, those in its files.' })
  rows!: number;

  @Field(() => Int, { nullable: true, description: 'About how many rows there will be, where that is known.' })
  total!: number | null;

  @Field(() => Int, { description: 'Questions asked so far.' })
  pages!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A file of an extract that is done.' })
export class ExtractFile {
  @Field(() => ExtractFormat)
  format!: keyof typeof ExtractFormat;

  @Field(() => String, {
    description: 'Path on the gateway to download it from, as who started the extract; parts of it by `Range`.',
  })
  url!: string;

  @Field(() => String, { description: 'Size in bytes, as a whole number: it may be more than an Int holds.' })
  bytes!: string;

  @Field(() => Int)
  rows!: number;

  @Field(() => String, { description: 'SHA-256 of its content, hexadecimal.' })
  sha256!: string;
}

@ObjectType({ simpleResolvers: true, description: 'Why an extract came to no end.' })
export class ExtractFailure {
  @Field(() => String, { description: 'Stable code of the reason.' })
  code!: string;

  @Field(() => String, { description: 'What happened, and what to do.' })
  message!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'All rows of a query, or those that changed, read by a job as of one position of the log of their domain.',
})
export class Extract {
  @Field(() => ID)
  id!: string;

  @Field(() => ExtractState)
  state!: keyof typeof ExtractState;

  @Field(() => ExtractProgress)
  progress!: ExtractProgress;

  @Field(() => String, { description: 'The query as it was given.' })
  query!: string;

  @Field(() => [ExtractFormat])
  formats!: readonly (keyof typeof ExtractFormat)[];

  @Field(() => Boolean, { description: 'Whether it has only what changed since the position of another extract.' })
  ofChanges!: boolean;

  @Field(() => DateTimeScalar)
  createdAt!: string;

  @Field(() => DateTimeScalar, { nullable: true })
  startedAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  finishedAt!: string | null;

  @Field(() => DateTimeScalar, { description: 'When it is removed with its files.' })
  expiresAt!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Position that all rows are at, once they have been read. Give it to `extractChanges` as `since`.',
  })
  position!: string | null;

  @Field(() => [ExtractFile], { description: 'Once it is done.' })
  files!: readonly ExtractFile[];

  @Field(() => ExtractFailure, { nullable: true })
  failure!: ExtractFailure | null;
}

export const ExtractConnection = connectionOf(Extract);

@InputType({ description: 'What to extract.' })
export class BulkExtractInput {
  @Field(() => String, {
    description:
      'A query with one root field that is a connection, e.g. `{ productionOrders { nodes { id state } } }`, without `first` and `after` and without connections within a row.',
  })
  query!: string;

  @Field(() => GraphQLJSON, { nullable: true, description: 'Values of its variables, by name.' })
  variables?: unknown;

  @Field(() => [ExtractFormat], { defaultValue: ['JSON_LINES'], description: 'A file of each of them.' })
  formats!: (keyof typeof ExtractFormat)[];

  @Field(() => ID, { nullable: true, description: 'Asked again with the same key, it is the same extract.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What changed since an extract.' })
export class ExtractChangesInput {
  @Field(() => String, { description: '`position` of the extract before.' })
  since!: string;

  @Field(() => [ExtractFormat], { defaultValue: ['JSON_LINES'], description: 'A file of each of them.' })
  formats!: (keyof typeof ExtractFormat)[];

  @Field(() => ID, { nullable: true, description: 'Asked again with the same key, it is the same extract.' })
  idempotencyKey?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'The extract is being made.' })
export class ExtractStarted {
  @Field(() => Extract)
  extract!: Extract;
}

@ObjectType({ simpleResolvers: true, description: 'There is no extract.' })
export class ExtractRefused {
  @Field(() => ExtractRefusal)
  code!: keyof typeof ExtractRefusal;

  @Field(() => String, { description: 'What stood in the way, and what to do instead.' })
  reason!: string;
}

export const ExtractResult = createUnionType({
  name: 'ExtractResult',
  description: 'How starting an extract ended.',
  types: () => [ExtractStarted, ExtractRefused] as const,
});
