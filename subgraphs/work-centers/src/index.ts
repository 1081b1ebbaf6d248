export { workCenters } from './domain.ts';
