import { BackingSystemState, CommandRefused, DateTimeScalar, enumOf, PageInfo } from '@takt/subgraph-server';
import { createUnionType, Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';

export const IntegrationDirection = enumOf('IntegrationDirection', ['INBOUND', 'OUTBOUND'], 'Who spoke.', {
  INBOUND: 'A backing system reported.',
  OUTBOUND: 'A backing system was told.',
});
export const IntegrationStatus = enumOf(
  'IntegrationStatus',
  ['RECEIVED', 'APPLIED', 'TAKEN', 'DUPLICATE', 'REJECTED', 'DEAD_LETTERED', 'DISCARDED'],
  'How far a message is; of one with many records the worst of what became of them.',
  {
    RECEIVED: 'Kept, and not at its end.',
    TAKEN: 'The system has the command, and will report what becomes of it.',
    DUPLICATE: 'There was nothing new in it.',
    REJECTED: 'It, or some of its records, makes no sense, or the domain does not allow it.',
    DEAD_LETTERED: 'It could not be read, or a message made of it not be brought to an end.',
    DISCARDED: 'Somebody decided that it is not to be retried.',
    APPLIED: 'All that it said was taken.',
  },
);
export const IntegrationResultStatus = enumOf(
  'IntegrationResultStatus',
  ['APPLIED', 'DUPLICATE', 'REJECTED', 'DEAD_LETTERED'],
  'What became of a part of a message.',
  {
    APPLIED: 'The domain has taken it.',
    DUPLICATE: 'The domain had it already.',
    REJECTED: 'It makes no sense, or the domain does not allow it.',
    DEAD_LETTERED: 'It could not be brought to an end, and waits for somebody.',
  },
);

@ObjectType({ simpleResolvers: true, description: 'Which mapping said what a system says in the words of the graph.' })
export class MappingVersion {
  @Field(() => String)
  name!: string;

  @Field(() => Int)
  version!: number;

  @Field(() => String, { description: 'Of its file.' })
  sha256!: string;
}

@ObjectType({ simpleResolvers: true, description: 'Messages to the domains, by how they ended.' })
export class IntegrationCounts {
  @Field(() => Int, { description: 'Taken by their domain.' })
  applied!: number;

  @Field(() => Int, { description: 'Known to their domain already.' })
  duplicate!: number;

  @Field(() => Int, { description: 'Also records of which no message could be made.' })
  rejected!: number;

  @Field(() => Int, { description: 'Neither applied nor refused: they wait for somebody.' })
  deadLettered!: number;
}

@ObjectType({ simpleResolvers: true, description: 'Why a message, or a part of it, was not taken.' })
export class IntegrationProblem {
  @Field(() => String, { description: 'Stable code of the reason.' })
  code!: string;

  @Field(() => String, { description: 'What stood in the way, for an operator to read.' })
  reason!: string;
}

@ObjectType({ simpleResolvers: true, description: 'What somebody did about a message that failed.' })
export class IntegrationHandling {
  @Field(() => String, { description: 'RETRIED or DISCARDED.' })
  action!: string;

  @Field(() => String)
  by!: string;

  @Field(() => String)
  reason!: string;

  @Field(() => DateTimeScalar)
  at!: string;
}

@ObjectType({ simpleResolvers: true, description: 'What went over the wire, without credentials and clipped.' })
export class WireExchange {
  @Field(() => String, { description: 'What was told.' })
  sent!: string;

  @Field(() => String, { description: 'What came back; empty if nothing did.' })
  answered!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A stretch of a document as it came.' })
export class RawInput {
  @Field(() => String, { description: 'UTF-8; bytes that are none read as U+FFFD.' })
  text!: string;

  @Field(() => Int, { nullable: true, description: 'Where to go on; null at the end.' })
  nextOffset!: number | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What became of one message that was made of a document, or why none was made.',
})
export class IntegrationResult {
  @Field(() => Int, { description: 'Counts from 0 within the document.' })
  record!: number;

  @Field(() => String, { description: 'Where the record stands, e.g. `line 12`.' })
  place!: string;

  @Field(() => IntegrationResultStatus)
  status!: keyof typeof IntegrationResultStatus;

  @Field(() => IntegrationProblem, { nullable: true })
  refusal!: IntegrationProblem | null;

  @Field(() => String, { nullable: true, description: 'Type of the canonical message.' })
  type!: string | null;

  @Field(() => String, { nullable: true, description: 'That it went to.' })
  domain!: string | null;

  @Field(() => ID, { nullable: true, description: 'Of the canonical message, in the domain’s inbox.' })
  messageId!: string | null;

  @Field(() => ID, { nullable: true, description: 'Id of what it is about.' })
  entity!: string | null;

  @Field(() => String, { nullable: true, description: 'Of the mapping, where it failed.' })
  rule!: string | null;

  @Field(() => String, { nullable: true, description: 'Of the canonical message, where the mapping failed.' })
  field!: string | null;

  @Field(() => String, { nullable: true, description: 'That failed.' })
  expression!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'One page of what became of the parts of a message.' })
export class IntegrationResultConnection {
  @Field(() => [IntegrationResult])
  nodes!: readonly IntegrationResult[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@Directive('@key(fields: "id")')
@ObjectType({
  simpleResolvers: true,
  description: 'A document that a backing system gave, or a command that it was given, from its arrival to its end.',
})
export class IntegrationMessage {
  @Field(() => ID)
  id!: string;

  @Field(() => BackingSystem)
  backingSystem!: BackingSystem;

  @Field(() => String, { description: 'Type of the system’s connector.' })
  connector!: string;

  @Field(() => IntegrationDirection)
  direction!: keyof typeof IntegrationDirection;

  @Field(() => String, { description: 'Idempotency key within the system.' })
  key!: string;

  @Field(() => String, { description: 'The same on everything that it caused.' })
  correlationId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What its source calls it, e.g. a file’s name; the type of a command.',
  })
  name!: string | null;

  @Field(() => [String], { description: 'Numbers of what it is about, e.g. of an order.' })
  documentNumbers!: readonly string[];

  @Field(() => IntegrationStatus)
  status!: keyof typeof IntegrationStatus;

  @Field(() => DateTimeScalar, { description: 'When it was true in its source.' })
  time!: string;

  @Field(() => DateTimeScalar)
  receivedAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it had been read to its end.' })
  parsedAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When all that it gave had been mapped and offered.' })
  endedAt!: string | null;

  @Field(() => MappingVersion, {
    nullable: true,
    description: 'Null of a command, and of a document that was not mapped.',
  })
  mapping!: MappingVersion | null;

  @Field(() => Int, { description: 'How many records it has.' })
  records!: number;

  @Field(() => IntegrationCounts, { description: 'What became of the messages that were made of it.' })
  counts!: IntegrationCounts;

  @Field(() => IntegrationProblem, {
    nullable: true,
    description: 'Why it was refused as a whole, or could not be read.',
  })
  refusal!: IntegrationProblem | null;

  @Field(() => WireExchange, { nullable: true, description: 'Of a command.' })
  exchange!: WireExchange | null;

  @Field(() => Int, { description: 'How often it was begun.' })
  attempts!: number;

  @Field(() => [IntegrationHandling], { description: 'Latest last.' })
  handling!: readonly IntegrationHandling[];

  @Field(() => String)
  mediaType!: string;

  @Field(() => Int, { description: 'Length as it came.' })
  bytes!: number;

  @Field(() => String, { description: 'Of all its bytes, hexadecimal.' })
  sha256!: string;
}

@ObjectType({ simpleResolvers: true, description: 'One message of a page, and its place in the list.' })
export class IntegrationMessageEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => IntegrationMessage)
  node!: IntegrationMessage;
}

@ObjectType({ simpleResolvers: true, description: 'One page of the messages to and from backing systems.' })
export class IntegrationMessageConnection {
  @Field(() => [IntegrationMessage])
  nodes!: readonly IntegrationMessage[];

  @Field(() => [IntegrationMessageEdge])
  edges!: readonly IntegrationMessageEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@InputType({ description: 'All that is said must hold.' })
export class IntegrationMessageFilter {
  @Field(() => String, { nullable: true, description: 'E.g. `erp/P100`.' })
  system?: string | null;

  @Field(() => IntegrationDirection, { nullable: true })
  direction?: keyof typeof IntegrationDirection | null;

  @Field(() => [IntegrationStatus], { nullable: true })
  status?: readonly (keyof typeof IntegrationStatus)[] | null;

  @Field(() => String, { nullable: true })
  correlationId?: string | null;

  @Field(() => String, { nullable: true, description: 'Of the document or of one of its records.' })
  documentNumber?: string | null;

  @Field(() => String, { nullable: true, description: 'Type and id, e.g. `ProductionOrder:P100-1000040`.' })
  entity?: string | null;
}

@InputType({
  description: 'Names a message between a backing system and the graph, and who decides what about it, and why.',
})
export class HandleIntegrationMessageInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'Who decides it.' })
  by!: string;

  @Field(() => String, { description: 'Why.' })
  reason!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'The message was taken up again, or given up, as asked, and is this now.',
})
export class IntegrationMessageAccepted {
  @Field(() => IntegrationMessage)
  message!: IntegrationMessage;
}

export const IntegrationMessageResult = createUnionType({
  name: 'IntegrationMessageResult',
  description: 'What became of handling a message.',
  types: () => [IntegrationMessageAccepted, CommandRefused] as const,
});

@ObjectType({ simpleResolvers: true, description: 'How far what a system reports was read.' })
export class ConnectorCheckpoint {
  @Field(() => String, { description: 'Which of the places that the connector reads.' })
  name!: string;

  @Field(() => String, { description: 'JSON.' })
  value!: string;

  @Field(() => DateTimeScalar)
  writtenAt!: string;
}

@Directive('@key(fields: "id")')
@ObjectType({
  simpleResolvers: true,
  description: 'A system that owns facts of the graph, that reports to it and that is told what is decided here.',
})
export class BackingSystem {
  @Field(() => ID)
  id!: string;
}

@ObjectType({ simpleResolvers: true, description: 'How a backing system’s reports are taken in.' })
export class Inbound {
  @Field(() => BackingSystemState)
  state!: keyof typeof BackingSystemState;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Of the state.' })
  since!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it is not up.' })
  reason!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it last answered or spoke.' })
  lastContact!: string | null;

  @Field(() => Int, { description: 'Documents that wait to be read.' })
  waiting!: number;

  @Field(() => String, { description: 'When it is asked, as its file says it.' })
  schedule!: string;

  @Field(() => [ConnectorCheckpoint])
  checkpoints!: readonly ConnectorCheckpoint[];
}

@ObjectType({ simpleResolvers: true, description: 'A message that could be neither applied nor refused.' })
export class DeadLetter {
  @Field(() => String, { description: 'Whose inbox it lies in; `integration`: a document that could not be read.' })
  domain!: string;

  @Field(() => ID)
  key!: string;

  @Field(() => String, { nullable: true })
  type!: string | null;

  @Field(() => String, { nullable: true, description: 'E.g. `erp/P100`.' })
  source!: string | null;

  @Field(() => DateTimeScalar)
  receivedAt!: string;

  @Field(() => IntegrationProblem, { nullable: true })
  refusal!: IntegrationProblem | null;

  @Field(() => String, { description: 'As it came, at most the first 64 KiB.' })
  raw!: string;

  @Field(() => [IntegrationHandling])
  handling!: readonly IntegrationHandling[];
}

@ObjectType({
  simpleResolvers: true,
  description: 'One page of the messages that could be neither applied nor refused.',
})
export class DeadLetterConnection {
  @Field(() => [DeadLetter])
  nodes!: readonly DeadLetter[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@InputType({ description: 'Names a dead letter, and who decides what about it, and why.' })
export class HandleDeadLetterInput {
  @Field(() => String, { description: 'Whose inbox it lies in.' })
  domain!: string;

  @Field(() => ID, { description: 'Key of the dead letter.' })
  key!: string;

  @Field(() => String, { description: 'Who decides it.' })
  by!: string;

  @Field(() => String, { description: 'Why.' })
  reason!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The message was taken up again, or given up, as asked.' })
export class DeadLetterHandled {
  @Field(() => String, {
    description: 'How it ended this time: APPLIED, DUPLICATE, REJECTED, DEAD_LETTERED or DISCARDED.',
  })
  status!: string;

  @Field(() => IntegrationProblem, { nullable: true })
  refusal!: IntegrationProblem | null;
}

export const DeadLetterResult = createUnionType({
  name: 'DeadLetterResult',
  description: 'What became of handling a dead letter.',
  types: () => [DeadLetterHandled, CommandRefused] as const,
});
