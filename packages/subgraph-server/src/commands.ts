import { StoreUnavailableError } from '@takt/document-store';
import {
  inboundMessage,
  IntakeBusyError,
  IntakeUnavailableError,
  type Clock,
  type Intake,
  type Outcome,
} from '@takt/intake';
import type { Cause } from '@takt/event-log';
import { ArgsType, Field, Int } from 'type-graphql';
import { fault } from './errors.ts';
import { CommandRefused, RevisionConflict } from './values.ts';

/** Directive of every mutation that changes facts: audiences that only read leave it out. */
export const COMMAND = '@tag(name: "commands")';

/** Arguments that every mutation takes. */
@ArgsType()
export class CommandArgs {
  @Field(() => String, {
    description:
      'Yours, unique for this command: sent again with the same content, it answers what it answered before and changes nothing.',
  })
  idempotencyKey!: string;

  @Field(() => Int, { nullable: true, description: 'Refuse the command unless the entity is at this revision.' })
  expectedRevision?: number | null;
}

/** Sends a command through the intake and answers the accepted entity or why it was refused. */
export async function runCommand<Accepted extends object>(
  context: { readonly intake: Intake; readonly clock: Clock },
  command: { type: string; data: unknown; args: CommandArgs; cause?: Cause | undefined },
  accepted: (documentId: string) => Promise<Accepted>,
): Promise<Accepted | CommandRefused | RevisionConflict> {
  const { idempotencyKey, expectedRevision } = command.args;
  if (idempotencyKey.length === 0 || idempotencyKey.length > 200) {
    throw fault('BAD_USER_INPUT', `idempotencyKey must have 1 to 200 characters, got ${idempotencyKey.length}.`);
  }
  const message = inboundMessage(
    {
      type: command.type,
      source: 'takt/graph',
      id: idempotencyKey,
      data: withoutNulls(command.data),
      cause: command.cause ?? 'MANUAL',
      expectedRevision: expectedRevision ?? undefined,
    },
    context.clock,
  );
  const outcome = await receiveOne(context.intake, message);
  const first = outcome.status === 'DUPLICATE' && outcome.first ? outcome.first : outcome;
  if (first.status === 'REJECTED' || first.status === 'DEAD_LETTERED') {
    if (first.refusal.code === 'REVISION_CONFLICT') {
      return Object.assign(new RevisionConflict(), {
        expectedRevision: expectedRevision ?? 0,
        currentRevision: first.revision ?? 0,
        reason: first.refusal.reason,
      });
    }
    return Object.assign(new CommandRefused(), first.refusal);
  }
  return accepted(first.documentId ?? '');
}

async function receiveOne(intake: Intake, message: Parameters<Intake['receive']>[0][number]): Promise<Outcome> {
  try {
    const [outcome] = await intake.receive([message]);
    if (!outcome) throw new Error(`Intake gave no outcome for message ${message.id}.`);
    return outcome;
  } catch (error) {
    if (error instanceof IntakeBusyError) throw fault('INTAKE_BUSY', error.message);
    // Of a command that the store did not take, its sender must hear the same as of one that was refused at once.
    if (error instanceof StoreUnavailableError) throw new IntakeUnavailableError(error.message);
    throw error;
  }
}

/** GraphQL input objects say null for what is absent, and have no prototype; messages leave it out and are plain. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null && field !== undefined)
      .map(([name, field]) => [name, withoutNulls(field)]),
  );
}
