export type { AskedExtract } from './begin-extraction.ts';
export { downloads, type Downloads } from './download.ts';
export { ExtractRefused, REFUSALS, type RefusalCode } from './extract-refused.ts';
export {
  openExtracts,
  positionOf,
  type ExtractFile,
  type ExtractService,
  type ExtractServiceOptions,
} from './extract-service.ts';
export {
  GraphFault,
  type Graph,
  type GraphAnswer,
  type GraphProblem,
  type GraphRequest,
  type KeptAsker,
} from './graph.ts';
export { JOB_PHASES, JOB_STATES, type Job, type JobLimits, type JobPhase, type JobState } from './job.ts';
