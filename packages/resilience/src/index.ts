export { pause } from './pause.ts';
export { RetryBudget } from './retry-budget.ts';
