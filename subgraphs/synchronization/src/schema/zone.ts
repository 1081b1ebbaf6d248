import { enumOf } from '@takt/subgraph-server';
import { ZONES } from '../judgement/observation.ts';

export const HorizonZone = enumOf('HorizonZone', ZONES, 'Where a day lies between the time fences of an item.', {
  FROZEN: 'Inside the demand time fence: nothing changes by itself.',
  SLUSHY: 'Inside the planning time fence: a planner approves what changes.',
  LIQUID: 'Behind both: the schedule follows by itself.',
});
