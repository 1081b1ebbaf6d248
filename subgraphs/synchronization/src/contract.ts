export type { Decision } from './judgement/decision.ts';
export { judge } from './judgement/judge.ts';
export type { Observation, Week } from './judgement/observation.ts';
export { planningUnit, type PlanningUnit } from './judgement/planning-unit.ts';
export { replay } from './judgement/replay.ts';
export { describeTable } from './policy/describe-table.ts';
export { defaultPolicy, PolicyTextError, readPolicy } from './policy/policy-file-store.ts';
export type { PolicyTable, PolicyVersion } from './policy/policy-table.ts';
export { policy } from './policy/policy.ts';
