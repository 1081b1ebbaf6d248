import { Type, type Static } from '@sinclair/typebox';
import { literals } from '../literals.ts';
import { EXCEPTION_KINDS, ProposedChangeSchema, RaiseException, SETTLEMENTS } from './messages.ts';

const id = Type.String({ minLength: 1, maxLength: 400 });
const instant = Type.String({ format: 'date-time' });
const text = Type.String({ minLength: 1, maxLength: 2000 });
const person = Type.String({ minLength: 1, maxLength: 200 });

/** What each event says of its exception. */
const about = {
  id,
  kind: literals(EXCEPTION_KINDS),
  sku: Type.String(),
  location: Type.String(),
  /** Afterwards. */
  owner: person,
  at: instant,
};

const ApprovalSchema = Type.Object(
  { by: person, at: instant, comment: Type.Optional(text) },
  { additionalProperties: false },
);
export type Approval = Static<typeof ApprovalSchema>;

export const ExceptionEvents = {
  ExceptionRaised: RaiseException,
  /** All of it as it is now. */
  ExceptionUpdated: Type.Object(
    {
      ...RaiseException.properties,
      at: instant,
      /** When it stood so. `raisedAt` is when it was raised first. */
      toldAt: instant,
      /** Grows when there is something else to approve. */
      matter: Type.Integer({ minimum: 1 }),
      /** Names of the fields that differ. */
      changed: Type.Array(Type.String()),
      /** Who approved what was to be approved before: that counts no more. */
      voided: Type.Array(person),
      /** It was snoozed, and has become worse. */
      woken: Type.Boolean(),
    },
    { additionalProperties: false },
  ),
  ExceptionAssigned: Type.Object(
    { ...about, from: person, by: person, reason: Type.Optional(text) },
    { additionalProperties: false },
  ),
  ExceptionCommented: Type.Object({ ...about, by: person, text }, { additionalProperties: false }),
  ExceptionSnoozed: Type.Object(
    { ...about, by: person, until: instant, reason: Type.Optional(text) },
    { additionalProperties: false },
  ),
  ExceptionWoken: Type.Object({ ...about, dueAt: instant }, { additionalProperties: false }),
  ExceptionEscalated: Type.Object(
    { ...about, level: Type.Integer({ minimum: 1 }), from: person, dueAt: instant },
    { additionalProperties: false },
  ),
  /** Somebody else has to approve as well. */
  ExceptionApprovalGiven: Type.Object(
    { ...about, matter: Type.Integer({ minimum: 1 }), approval: ApprovalSchema },
    { additionalProperties: false },
  ),
  /** All who have to approve have; this and nothing else is what follows. */
  ExceptionApproved: Type.Object(
    {
      ...about,
      matter: Type.Integer({ minimum: 1 }),
      approvals: Type.Array(ApprovalSchema, { minItems: 1 }),
      proposal: Type.Array(ProposedChangeSchema),
      decisions: Type.Array(id),
    },
    { additionalProperties: false },
  ),
  ExceptionRejected: Type.Object({ ...about, by: person, reason: text }, { additionalProperties: false }),
  ExceptionSettled: Type.Object(
    { ...about, outcome: literals(SETTLEMENTS), reason: text },
    { additionalProperties: false },
  ),
} as const;

/** Data of each event, by its type. */
export type ExceptionEvents = {
  readonly [type in keyof typeof ExceptionEvents]: Static<(typeof ExceptionEvents)[type]>;
};
