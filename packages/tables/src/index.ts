export type { Column, ColumnType, Row } from './column.ts';
export { FileTooLarge, openFileSink, type FileSink } from './file-sink.ts';
export { openTable, TABLE_FILES, type TableFormat, type TableWriter } from './table-writer.ts';
