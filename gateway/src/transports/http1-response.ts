/** What a response says before its body. */
export interface ResponseHead {
  readonly status: number;
  /** Empty strings for what the response does not say. */
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly retryAfter: string;
}

/** Bytes that are no HTTP/1.1 response, or one that is framed in more than one way. */
export class NotHttp extends Error {}

/** A body of more bytes than are accepted. */
export class ResponseTooLarge extends Error {}

/**
 * Reads the responses of one connection, one after the other. It is strict: what two readers could take for different
 * responses is refused. States: head → (sized | chunk-size → chunk → chunk-end … → trailers | until-close) → done. Once
 * it has thrown it is of no more use.
 */
export class Http1ResponseReader {
  #state: State = 'head';
  #head: ResponseHead = noHead;
  #buffer = Buffer.alloc(0);
  #length = 0;
  #body: Buffer | undefined;
  /** Bytes to come of a sized body or of a chunk. */
  #missing = 0;
  #line = '';
  #headBytes = 0;
  #keepsAlive = false;
  #started = false;

  constructor(
    readonly maxBodyBytes: number,
    readonly maxHeadBytes: number,
  ) {}

  get head(): ResponseHead {
    return this.#head;
  }

  /** Of a response that is complete; valid until the next call of `push` or `reset`. */
  get body(): Buffer {
    return this.#body ?? this.#buffer.subarray(0, this.#length);
  }

  /** Whether any byte of the response has come. */
  get hasStarted(): boolean {
    return this.#started;
  }

  /** Of a response that is complete: whether another may follow on its connection. */
  get keepsAlive(): boolean {
    return this.#keepsAlive;
  }

  /** Takes what has come; true when the response is complete. Throws {@link NotHttp} or {@link ResponseTooLarge}. */
  push(bytes: Buffer): boolean {
    this.#started = true;
    let position = 0;
    while (position < bytes.length) {
      if (this.#state === 'done') {
        // Nobody has asked for more: what follows belongs to no request.
        this.#keepsAlive = false;
        return true;
      }
      position = this.#step(bytes, position);
    }
    return this.#state === 'done';
  }

  /** The connection has ended; true if that completes the response. */
  end(): boolean {
    if (this.#state === 'until-close') this.#state = 'done';
    return this.#state === 'done';
  }

  /** Makes ready for the next response. */
  reset(): void {
    this.#state = 'head';
    this.#head = noHead;
    this.#length = 0;
    this.#body = undefined;
    this.#headBytes = 0;
    this.#started = false;
    if (this.#buffer.length > keptBufferBytes) this.#buffer = Buffer.alloc(0);
  }

  #step(bytes: Buffer, position: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, position);
      case 'sized':
        return this.#readSized(bytes, position);
      case 'until-close':
        this.#append(bytes, position, bytes.length, this.maxBodyBytes);
        return bytes.length;
      case 'chunk':
        return this.#readChunk(bytes, position);
      default:
        return this.#readLine(bytes, position);
    }
  }

  #readHead(bytes: Buffer, position: number): number {
    const end = bytes.indexOf(emptyLine, position, 'latin1');
    if (this.#length === 0 && end >= 0) {
      this.#countHead(end + 4 - position);
      this.#startBody(bytes.toString('latin1', position, end + 2));
      return end + 4;
    }
    const known = this.#length;
    this.#append(bytes, position, Math.min(bytes.length, position + this.maxHeadBytes + 1), Infinity);
    const joined = this.#buffer.subarray(0, this.#length).indexOf(emptyLine, Math.max(0, known - 3), 'latin1');
    if (joined < 0) {
      const begin = this.#buffer.toString('latin1', 0, Math.min(this.#length, protocol.length));
      if (!protocol.startsWith(begin)) throw new NotHttp('another protocol');
      if (this.#headBytes + this.#length > this.maxHeadBytes) throw new NotHttp('a head without end');
      return bytes.length;
    }
    this.#countHead(joined + 4);
    const text = this.#buffer.toString('latin1', 0, joined + 2);
    this.#length = 0;
    this.#startBody(text);
    return position + joined + 4 - known;
  }

  /** Interim responses count too. */
  #countHead(bytes: number): void {
    this.#headBytes += bytes;
    if (this.#headBytes > this.maxHeadBytes) throw new NotHttp('a head that is too long');
  }

  #startBody(text: string): void {
    const { head, contentLength, isChunked, keepsAlive } = readHead(text);
    const { status } = head;
    if (status === 101) throw new NotHttp('a switch of protocols');
    if (status < 200) return;
    this.#head = head;
    this.#keepsAlive = keepsAlive;
    if (status === 204 || status === 304) {
      this.#keepsAlive = false;
      this.#state = 'done';
    } else if (isChunked) {
      this.#state = 'chunk-size';
    } else if (contentLength === undefined) {
      this.#keepsAlive = false;
      this.#state = 'until-close';
    } else {
      if (contentLength > this.maxBodyBytes) throw new ResponseTooLarge();
      this.#missing = contentLength;
      this.#state = contentLength === 0 ? 'done' : 'sized';
    }
  }

  #readSized(bytes: Buffer, position: number): number {
    const end = Math.min(bytes.length, position + this.#missing);
    this.#missing -= end - position;
    if (this.#missing === 0) this.#state = 'done';
    if (this.#missing === 0 && this.#length === 0) this.#body = bytes.subarray(position, end);
    else this.#append(bytes, position, end, this.maxBodyBytes);
    return end;
  }

  #readChunk(bytes: Buffer, position: number): number {
    const end = Math.min(bytes.length, position + this.#missing);
    this.#append(bytes, position, end, this.maxBodyBytes);
    this.#missing -= end - position;
    if (this.#missing === 0) this.#state = 'chunk-end';
    return end;
  }

  /** A line of the chunked framing: few bytes each. */
  #readLine(bytes: Buffer, position: number): number {
    const feed = bytes.indexOf(lineFeed, position);
    const end = feed < 0 ? bytes.length : feed + 1;
    if (this.#line.length + end - position > maxFramingLine) throw new NotHttp('a long line between chunks');
    this.#line += bytes.toString('latin1', position, end);
    if (feed < 0) return end;
    const line = this.#line;
    this.#line = '';
    if (this.#state === 'chunk-size') {
      const size = chunkSize.exec(line)?.[1];
      if (size === undefined) throw new NotHttp('a chunk without a size');
      this.#missing = parseInt(size, 16);
      if (this.#length + this.#missing > this.maxBodyBytes) throw new ResponseTooLarge();
      this.#state = this.#missing === 0 ? 'trailers' : 'chunk';
    } else if (line !== '\r\n') {
      throw new NotHttp(this.#state === 'trailers' ? 'trailers' : 'a chunk that is longer than its size');
    } else {
      this.#state = this.#state === 'trailers' ? 'done' : 'chunk-size';
    }
    return end;
  }

  #append(bytes: Buffer, start: number, end: number, limit: number): void {
    const needed = this.#length + end - start;
    if (needed > limit) throw new ResponseTooLarge();
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2, leastBufferBytes));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    bytes.copy(this.#buffer, this.#length, start, end);
    this.#length = needed;
  }
}

const noHead: ResponseHead = { status: 0, contentType: '', contentEncoding: '', retryAfter: '' };
const protocol = 'HTTP/1.';
const emptyLine = '\r\n\r\n';
const lineFeed = 10;
const leastBufferBytes = 4 * 1024;
/** Of a connection that waits for its next request. */
const keptBufferBytes = 128 * 1024;
const maxFramingLine = 16;
const chunkSize = /^([0-9a-f]{1,8})\r\n$/i;
const statusLine = /^HTTP\/1\.([01]) ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/;
const headerLine = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t\x20-\x7e\x80-\xff]*)\r\n/y;

/** Reads a head up to the end of its last line. */
function readHead(text: string): Framing {
  const start = statusLine.exec(text);
  if (!start) throw new NotHttp('no status line');
  const isHttp11 = start[1] === '1';
  let contentType = '';
  let contentEncoding = '';
  let retryAfter = '';
  let connection = '';
  let contentLength: number | undefined;
  let isChunked = false;
  for (let position = start[0].length; position < text.length; position = headerLine.lastIndex) {
    headerLine.lastIndex = position;
    const line = headerLine.exec(text);
    if (!line?.[1]) throw new NotHttp('a header that is none');
    const value = withoutBlanks(line[2] ?? '');
    switch (line[1].toLowerCase()) {
      case 'content-length':
        if (contentLength !== undefined || !/^[0-9]{1,15}$/.test(value)) throw new NotHttp('an unclear length');
        contentLength = Number(value);
        break;
      case 'transfer-encoding':
        if (isChunked || !isHttp11 || value.toLowerCase() !== 'chunked') throw new NotHttp('an unclear framing');
        isChunked = true;
        break;
      case 'connection':
        connection += `,${value.toLowerCase()}`;
        break;
      case 'content-type':
        contentType = value;
        break;
      case 'content-encoding':
        contentEncoding += contentEncoding ? `, ${value}` : value;
        break;
      case 'retry-after':
        retryAfter = value;
    }
  }
  if (isChunked && contentLength !== undefined) throw new NotHttp('a length and chunks');
  const keepsAlive = isHttp11 && (connection === '' || connection === ',keep-alive');
  return {
    head: { status: Number(start[2]), contentType, contentEncoding, retryAfter },
    contentLength,
    isChunked,
    keepsAlive,
  };
}

function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

interface Framing {
  readonly head: ResponseHead;
  readonly contentLength: number | undefined;
  readonly isChunked: boolean;
  /** Whether the connection may stay, as far as the head says. */
  readonly keepsAlive: boolean;
}

type State = 'head' | 'sized' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'until-close' | 'done';
