import { Type, type Static } from '@sinclair/typebox';
import {
  dueBy,
  readSchedule,
  ScheduleSetting,
  SettingError,
  type ConnectorType,
  type Receiver,
} from '@takt/backing-system';
import { configureHttp, HTTP_SETTINGS } from '@takt/backing-system-http';
import { parseDocument } from './parse.ts';
import { pullCycles, type PullPauses, type RefreshClass } from './pull.ts';
import { ROW_FIELDS } from './rows.ts';
import { readSecret } from './signature.ts';
import { listen, type WebhookOptions } from './webhook.ts';

const variable = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' });
const Refresh = Type.Object(
  { schedule: ScheduleSetting, path: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })) },
  { additionalProperties: false },
);
const Webhook = Type.Object(
  {
    host: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    port: Type.Integer({ minimum: 0, maximum: 65_535 }),
    path: Type.Optional(Type.String({ pattern: '^/[\\x21-\\x7e]{0,200}$' })),
    /** Names of the environment variables that hold them: two while one takes the other's place. */
    secret: Type.Union([variable, Type.Array(variable, { minItems: 1, maxItems: 5 })]),
    maxBytes: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 16_777_216 })),
  },
  { additionalProperties: false },
);
const Settings = Type.Object({
  ...HTTP_SETTINGS,
  timeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 300_000 })),
  /** By class of items. Without any: all items, by the instance's own schedule. */
  refresh: Type.Optional(
    Type.Object({ critical: Type.Optional(Refresh), stable: Type.Optional(Refresh) }, { additionalProperties: false }),
  ),
  webhook: Type.Optional(Webhook),
  /** What the platform calls the columns. */
  columns: Type.Optional(
    Type.Partial(
      Type.Record(
        Type.Union(ROW_FIELDS.map((field) => Type.Literal(field))),
        Type.String({ minLength: 1, maxLength: 200 }),
      ),
    ),
  ),
});
type Settings = Static<typeof Settings>;

/** The planning platform: pulls forecast cycles, and hears of critical items by a webhook. */
export const planningRest: ConnectorType = planningRestWith({
  resuming: { attempts: 5, firstPauseMs: 200 },
  firstMs: 5_000,
  longestMs: 300_000,
});

export function planningRestWith(pauses: PullPauses, onListening?: (port: number) => void): ConnectorType {
  return {
    name: 'planning-rest',
    settings: Settings,
    mappings: new URL('../mappings/', import.meta.url),
    configure(settings: Settings, { secret, mapping }) {
      if (!mapping) throw new SettingError('mapping', 'It needs one, e.g. planning-cycle.');
      const { timeoutMs = 10_000, columns = {} } = settings;
      const open = configureHttp(settings, secret, 2);
      const classes = refreshClasses(settings);
      const webhook = settings.webhook && webhookOptions(settings.webhook, secret, onListening);
      const receiver: Receiver = {
        async run(context, signal) {
          const client = open();
          const stop = new AbortController();
          const running = AbortSignal.any([signal, stop.signal]);
          const tasks = classes.map((each) =>
            pullCycles(each, { client, timeoutMs, context }, context, pauses, running),
          );
          if (webhook) tasks.push(listen(webhook, context, running));
          try {
            await Promise.all(tasks);
          } finally {
            stop.abort(new Error('Another part of it failed.'));
            await Promise.allSettled(tasks);
            await client.close();
          }
        },
        parse: (document) => parseDocument(document, columns),
      };
      return { receiver };
    },
  };
}

function refreshClasses({ refresh }: Settings): RefreshClass[] {
  if (!refresh) return [{ name: 'all', path: LATEST, due: (context, signal) => context.due(signal) }];
  return REFRESH_CLASSES.flatMap((name): RefreshClass[] => {
    const setting = refresh[name];
    if (!setting) return [];
    const schedule = readSchedule(setting.schedule, `refresh.${name}.schedule`);
    const { path = `${LATEST}?refreshClass=${name.toUpperCase()}` } = setting;
    return [{ name, path, due: (context, signal) => dueBy(schedule, context.clock(), signal) }];
  });
}

function webhookOptions(
  { host = '127.0.0.1', port, path = '/', secret: variables, maxBytes = 1_048_576 }: Static<typeof Webhook>,
  secret: (field: string, variable: string) => string,
  onListening: ((port: number) => void) | undefined,
): WebhookOptions {
  const keys = [variables].flat().flatMap((each) => {
    const held = secret('webhook.secret', each);
    return held === '' ? [] : [readSecret('webhook.secret', held)];
  });
  return { host, port, path, keys, maxBytes, onListening };
}

const LATEST = 'cycles/latest';
const REFRESH_CLASSES = ['critical', 'stable'] as const;
