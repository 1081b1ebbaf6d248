export { FormatError, type Row } from './row.ts';
