import { anonymous } from '../guard/caller.ts';
import type { Asker } from '../transports/transport.ts';
import type { RunOptions } from './executor.ts';

/** For whom a run is, as subgraphs in this process are told. */
export function askerOf({ caller = anonymous, contract }: Pick<RunOptions, 'caller' | 'contract'>): Asker {
  return { caller, contract };
}
