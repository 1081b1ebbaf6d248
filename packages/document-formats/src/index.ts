export { readCsv, type CsvOptions } from './csv.ts';
export { ENCODINGS, type Encoding } from './decode.ts';
export { readJsonLines } from './json-lines.ts';
export { readJson, type JsonOptions } from './json.ts';
export { FormatError, type Row } from './row.ts';
export { readXml, readXmlDocument, type XmlOptions, type XmlValue } from './xml.ts';
export { readXlsx, type XlsxOptions } from './xlsx.ts';
