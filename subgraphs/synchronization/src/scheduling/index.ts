export { finiteCapacityScheduler } from './finite-capacity-scheduler.ts';
export type { SchedulerAnswer, SchedulingProblem, SchedulingUnit, SchedulingWorkCenter } from './scheduler.ts';
