import type { OrderState } from './messages.ts';

/**
 * Canonical state of SAP's set of system statuses (short names as `StatusShortName` has them, in any case and order).
 * An order carries several at once; the one that is furthest along decides. `state` is undefined if none of them says
 * anything about the lifecycle: SETC, PRC, GMPS, MACM and the like are kept, not interpreted.
 */
export function deriveState(sourceStatuses: readonly string[]): DerivedStatus {
  const statuses = new Set(sourceStatuses.map((status) => status.trim().toUpperCase()));
  return {
    state: LADDER.find(({ when }) => when(statuses))?.state,
    materialShortage: statuses.has('MSPT'),
    frozen: statuses.has('LKD'),
  };
}

/** Furthest first. A deletion flag on an order that brought something out means that it is done with, else that it is void. */
const LADDER: readonly { readonly state: OrderState; readonly when: (statuses: ReadonlySet<string>) => boolean }[] = [
  { state: 'CLOSED', when: has('CLSD') },
  { state: 'CLOSED', when: (statuses) => has('DLFL', 'DLT')(statuses) && has('DLV', 'PDLV', 'CNF', 'PCNF')(statuses) },
  { state: 'CANCELLED', when: has('DLFL', 'DLT') },
  { state: 'TECHNICALLY_COMPLETE', when: has('TECO') },
  { state: 'DELIVERED', when: has('DLV') },
  { state: 'CONFIRMED', when: has('CNF') },
  { state: 'PARTIALLY_CONFIRMED', when: has('PCNF', 'PDLV') },
  { state: 'RELEASED', when: has('REL', 'PREL') },
  { state: 'FIRMED', when: has('CRTD') },
];

function has(...names: readonly string[]): (statuses: ReadonlySet<string>) => boolean {
  return (statuses) => names.some((name) => statuses.has(name));
}

interface DerivedStatus {
  readonly state: OrderState | undefined;
  /** MSPT: a component is missing. */
  readonly materialShortage: boolean;
  /** LKD: the order is locked, so that its schedule must not move. */
  readonly frozen: boolean;
}
