export { WorkCenterReport, WorkCenterStateReport } from './work-center.ts';
export { workCenter, type WorkCenter } from './work-center.ts';
