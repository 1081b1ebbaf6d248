import { DiscardPolicy, JetStreamApiCodes, JetStreamApiError, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { JetStreamManager, StreamConfig, StreamInfo } from '@nats-io/jetstream';
import { createHash, randomBytes } from 'node:crypto';

/** A stream that cannot be used as this log. The message says what to do. */
export class StreamError extends Error {
  readonly code = 'STREAM_REFUSED';

  constructor(stream: string, reason: string) {
    super(`The stream ${stream} ${reason}`);
    this.name = 'StreamError';
  }
}

/** The stream of this name, made if there is none: whoever comes second uses what the first made. Throws {@link StreamError}. */
export async function openStream(jsm: JetStreamManager, stream: string): Promise<StreamInfo> {
  if (!/^[A-Za-z0-9_-]{1,200}$/.test(stream)) {
    throw new StreamError(JSON.stringify(stream), 'must have a name of letters, digits, "-" and "_".');
  }
  return (await findStream(jsm, stream)) ?? (await makeStream(jsm, stream));
}

/** Id of the log that a stream holds. Throws {@link StreamError} if it holds something else, or a later version made it. */
export function logIdOf({ config }: StreamInfo): string {
  const [, format, id] = DESCRIPTION.exec(config.description ?? '') ?? [];
  if (format === undefined || id === undefined) {
    throw new StreamError(
      config.name,
      'is not a Takt event log. Choose another TAKT_NAMESPACE, or move the stream away.',
    );
  }
  if (Number(format) !== FORMAT) {
    throw new StreamError(
      config.name,
      `has format ${format}, this version of Takt reads ${FORMAT}. Run the version that wrote it, or a later one.`,
    );
  }
  const required = requiredConfig(config.name);
  const wrong = Object.entries(required).filter(([key, value]) => {
    const found = config[key as keyof StreamConfig];
    return JSON.stringify(found) !== JSON.stringify(value);
  });
  const foreign = FOREIGN.filter((key) => config[key] !== undefined && config[key] !== null);
  if (wrong.length > 0 || foreign.length > 0) {
    const names = [
      ...wrong.map(([key, value]) => `${key} must be ${JSON.stringify(value)}`),
      ...foreign.map((key) => `no ${key}`),
    ];
    throw new StreamError(config.name, `was reconfigured: ${names.join(', ')}. Set it back.`);
  }
  return id;
}

/** An event id as one word that subjects and headers can carry. */
export function messageIdOf(eventId: string): string {
  return createHash('sha256').update(eventId).digest('base64url').slice(0, 22);
}

async function findStream(jsm: JetStreamManager, stream: string): Promise<StreamInfo | undefined> {
  return jsm.streams.info(stream).catch((error: unknown) => {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined;
    throw error;
  });
}

async function makeStream(jsm: JetStreamManager, stream: string): Promise<StreamInfo> {
  const description = `Takt event log, format ${FORMAT}, id ${randomBytes(9).toString('base64url')}`;
  return jsm.streams.add({ ...requiredConfig(stream), name: stream, description }).catch((error: unknown) => {
    if (error instanceof JetStreamApiError && error.code === NAME_IN_USE) return jsm.streams.info(stream);
    throw error;
  });
}

function requiredConfig(stream: string) {
  return {
    subjects: [`${stream}.*`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    discard_new_per_subject: true,
    max_msgs_per_subject: 1,
    max_age: 0,
    max_msgs: -1,
    deny_delete: true,
  } satisfies Partial<StreamConfig>;
}

const FORMAT = 1;
const DESCRIPTION = /^Takt event log, format (\d+), id ([A-Za-z0-9_-]+)$/;
/** Would bring messages in past the subjects, or change them. */
const FOREIGN = ['mirror', 'sources', 'subject_transform'] as const;
const NAME_IN_USE = 10058;
