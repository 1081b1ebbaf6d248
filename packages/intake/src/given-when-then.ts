import assert from 'node:assert/strict';
import type { TSchema } from '@sinclair/typebox';
import { EventSchemas, schemaName } from '@takt/event-log';
import type { Aggregate, Decision, DecisionContext, Typed } from './aggregate.ts';
import { eventSchemasOf } from './event-versions.ts';

/**
 * Says what a noun does, in a test: `given(aggregate, events).when(message).then(events)` or `.thenRefused(code)`.
 * Messages and events must keep to the schemas that the noun declares.
 */
export function given<State extends object, Message extends Typed, Event extends Typed>(
  aggregate: Aggregate<State, Message, Event>,
  events: readonly Event[],
): When<State, Message, Event> {
  const messages = Object.entries<TSchema>(aggregate.messages).map(([type, data]) => ({ type, data }));
  const messageSchemas = new EventSchemas(messages);
  const eventSchemas = new EventSchemas(eventSchemasOf(aggregate));
  const evolveAll = (state: State | undefined, more: readonly Event[]): State | undefined =>
    more.reduce<State | undefined>((before, event) => {
      assertValid(eventSchemas, event);
      return aggregate.evolve(before, event);
    }, state);
  const state = evolveAll(undefined, events);
  return {
    state,
    when: (message, context = {}) => {
      assertValid(messageSchemas, message);
      const decision = aggregate.decide(state, message, { ...CONTEXT, ...context });
      return {
        decision,
        then: (expected) => {
          assert.deepEqual('refused' in decision ? decision : decision.events, expected);
          return evolveAll(state, expected);
        },
        thenRefused: (code) => {
          assert.equal('refused' in decision ? decision.refused.code : decision.events, code);
        },
      };
    },
  };
}

export interface When<State extends object, Message extends Typed, Event extends Typed> {
  readonly state: State | undefined;
  /** Default context: a REPORTED message of `erp/plant-1`, at noon UTC of 2026-01-05, of whose document nothing is known. */
  when(message: Message, context?: Partial<DecisionContext>): Then<State, Event>;
}

export interface Then<State extends object, Event extends Typed> {
  readonly decision: Decision<Event>;
  /** Exactly these events, in order; answers the state after them. */
  then(events: readonly Event[]): State | undefined;
  thenRefused(code: string): void;
}

const CONTEXT: DecisionContext = {
  now: new Date('2026-01-05T12:00:00Z'),
  time: '2026-01-05T12:00:00Z',
  cause: 'REPORTED',
  origin: { system: 'erp', instance: 'plant-1' },
  known: undefined,
  lastTold: undefined,
};

function assertValid(known: EventSchemas, event: Typed): void {
  const fault = known.dataFault(schemaName(event), event.data);
  if (fault) assert.fail(`${event.type}: ${fault.reason}`);
}
