/**
 * Headers as lines of a request. Throws if one of them would end its line or is framing, which only the client of the
 * connection may decide.
 */
export function headerLines(headers: Readonly<Record<string, string>>): string {
  let lines = '';
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (!headerName.test(name) || !headerValue.test(value) || connectionHeaders.has(name)) {
      throw new Error(`The header ${JSON.stringify(name)} cannot be sent.`);
    }
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/** What is left of forwarded headers without those that the gateway sets itself for each connection; lower-case names. */
export function sendableHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const name in headers) {
    if (ownHeaders.has(name)) {
      return Object.fromEntries(Object.entries(headers).filter(([key]) => !ownHeaders.has(key)));
    }
  }
  return headers;
}

const headerName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const connectionHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const ownHeaders = new Set([...connectionHeaders, 'accept', 'accept-encoding', 'content-encoding', 'content-type']);
