/**
 * Byte text is UTF-8 as a string with one character for each byte. Text that only passes through need not be decoded:
 * it takes one byte a character in memory, whatever its script, and its length is its length in bytes.
 */
export function toByteText(text: string): string {
  return beyondAscii.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

export function fromByteText(bytes: string): string {
  return beyondAscii.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}

// eslint-disable-next-line no-control-regex
const beyondAscii = /[^\x00-\x7f]/;
