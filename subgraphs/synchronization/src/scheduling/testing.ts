export { BEST_MAKESPAN_HOURS, jobShopProblem, makespanHours } from './job-shop.fixture.ts';
export { after } from './problem.fixture.ts';
