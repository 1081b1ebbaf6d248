import { expect, it } from 'vitest';
import { deriveState } from './source-status.ts';

it.each([
  ['CRTD', 'FIRMED'],
  ['REL PRC MACM SETC', 'RELEASED'],
  ['REL PCNF GMPS', 'PARTIALLY_CONFIRMED'],
  ['REL CNF PDLV', 'CONFIRMED'],
  ['CNF REL DLV', 'DELIVERED'],
  ['SETC PRC GMPS TECO MSPT', 'TECHNICALLY_COMPLETE'],
  ['TECO CLSD DLFL', 'CLOSED'],
  ['CRTD DLFL', 'CANCELLED'],
  ['TECO CNF DLFL', 'CLOSED'],
  ['SETC PRC GMPS', undefined],
  ['', undefined],
])('SAP’s %s is %s', (statuses, state) => {
  expect(deriveState(statuses.split(' ')).state).toBe(state);
});

it('sees missing parts and locks whatever the state is', () => {
  expect(deriveState(['TECO', 'MSPT'])).toMatchObject({ materialShortage: true, frozen: false });
  expect(deriveState(['rel', ' lkd '])).toEqual({ state: 'RELEASED', materialShortage: false, frozen: true });
});
