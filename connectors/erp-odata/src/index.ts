export { erpOData } from './erp-odata.ts';
