import { describeEventLog } from './contract.ts';
import { openEmbeddedLog } from './embedded.ts';

describeEventLog('The embedded log', openEmbeddedLog);
