import { describe, expect, test } from 'vitest';
import { given } from './given-when-then.ts';
import { tank } from './tank.fixture.ts';

describe('Given events, when a message, then events', () => {
  const filled = { type: 'TankFilled', data: { litres: 400, by: 400 } } as const;
  const fill = (litres: number) => ({ type: 'FillTank', data: { tank: 'T1', litres } }) as const;

  test('passes where the noun does what is said', () => {
    expect(given(tank, []).when(fill(400)).then([filled])).toMatchObject({ litres: 400 });
    const full = { type: 'TankFull', data: {} } as const;
    const more = { type: 'TankFilled', data: { litres: 1000, by: 600 } } as const;
    expect(given(tank, [filled]).when(fill(600)).then([more, full])).toMatchObject({ full: true });
    given(tank, [filled]).when(fill(0)).then([]);
    given(tank, [filled]).when(fill(601)).thenRefused('TANK_OVERFLOWS');
  });

  test('fails where it does something else', () => {
    expect(() => given(tank, []).when(fill(300)).then([filled])).toThrow();
    expect(() => given(tank, []).when(fill(2000)).then([])).toThrow('TANK_OVERFLOWS');
    expect(() => {
      given(tank, []).when(fill(300)).thenRefused('TANK_OVERFLOWS');
    }).toThrow('TankFilled');
    expect(() => {
      given(tank, []).when(fill(2000)).thenRefused('TANK_LEAKS');
    }).toThrow('TANK_OVERFLOWS');
  });

  test('fails on messages and events that break the schemas of the noun', () => {
    expect(() => given(tank, []).when(fill(-1))).toThrow('FillTank: /data/litres');
    expect(() => given(tank, [{ type: 'TankFilled', data: { litres: 0.5, by: 0.5 } }])).toThrow(
      'TankFilled: /data/litres',
    );
  });
});
