import { Type } from '@sinclair/typebox';
import type { Aggregate } from './aggregate.ts';
import { olderThanKnown } from './provenance.ts';

/** A noun for tests: a tank that is filled by commands and gauged by reports, a name for it, and a command that finds a bug. */
export const tank: Aggregate<TankState, TankMessage, TankEvent> = {
  noun: 'Tank',
  collection: { name: 'tanks', indexes: [['litres'], ['name']] },
  messages: {
    FillTank: Type.Object({ tank: Type.String({ minLength: 1 }), litres: Type.Integer({ minimum: 0 }) }),
    TankGauged: Type.Object({ tank: Type.String({ minLength: 1 }), litres: Type.Integer() }),
    NameTank: Type.Object({ tank: Type.String(), name: Type.String() }),
    FindBug: Type.Object({ tank: Type.String() }),
  },
  events: {
    TankFilled: Type.Object({ litres: Type.Integer(), by: Type.Integer() }),
    TankFull: Type.Object({}),
    TankNamed: Type.Object({ name: Type.String() }),
  },
  identify: (message) => message.data.tank,
  decide: (state, message, context) => {
    const litres = state?.litres ?? 0;
    switch (message.type) {
      case 'FillTank': {
        const after = litres + message.data.litres;
        if (after > CAPACITY) {
          return { refused: { code: 'TANK_OVERFLOWS', reason: `It takes ${CAPACITY} litres, not ${after}.` } };
        }
        if (message.data.litres === 0) return { events: [] };
        const filled: TankEvent = { type: 'TankFilled', data: { litres: after, by: message.data.litres } };
        return { events: after === CAPACITY ? [filled, { type: 'TankFull', data: {} }] : [filled] };
      }
      case 'TankGauged':
        if (state && message.data.litres === litres) return { events: [] };
        return (
          olderThanKnown(context) ?? {
            events: [{ type: 'TankFilled', data: { litres: message.data.litres, by: message.data.litres - litres } }],
          }
        );
      case 'NameTank':
        return { events: [{ type: 'TankNamed', data: { name: message.data.name } }] };
      case 'FindBug':
        throw new Error(`a bug at ${litres} litres`);
    }
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'TankFilled':
        return { ...state, fills: (state?.fills ?? 0) + 1, litres: event.data.litres, full: false };
      case 'TankFull':
        return { ...state, fills: state?.fills ?? 0, litres: CAPACITY, full: true };
      case 'TankNamed':
        return { fills: 0, litres: 0, full: false, ...state, name: event.data.name };
    }
  },
};

const CAPACITY = 1000;

export interface TankState {
  readonly litres: number;
  readonly fills: number;
  readonly full: boolean;
  readonly name?: string;
}

type TankMessage =
  | { readonly type: 'FillTank' | 'TankGauged'; readonly data: { readonly tank: string; readonly litres: number } }
  | { readonly type: 'NameTank'; readonly data: { readonly tank: string; readonly name: string } }
  | { readonly type: 'FindBug'; readonly data: { readonly tank: string } };

type TankEvent =
  | { readonly type: 'TankFilled'; readonly data: { readonly litres: number; readonly by: number } }
  | { readonly type: 'TankFull'; readonly data: object }
  | { readonly type: 'TankNamed'; readonly data: { readonly name: string } };
