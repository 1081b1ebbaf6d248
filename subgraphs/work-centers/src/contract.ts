export { WorkCenterReport, WorkCenterStateReport } from './work-center.ts';
