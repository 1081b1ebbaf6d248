import { plant } from './plant.ts';
import { shop } from './shop.ts';

export const worlds = { plant, shop } as const;

export type WorldName = keyof typeof worlds;

/** Where a subgraph is, on the server of all of them. */
export function pathOf(world: WorldName, subgraph: string): string {
  return `/${world}/${subgraph}`;
}
