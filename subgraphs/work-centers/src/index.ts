export { workCenters } from './domain.ts';
export { WorkCenterReport, WorkCenterStateReport } from './work-center.ts';
