export { edi } from './edi.ts';
