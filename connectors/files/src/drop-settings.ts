import { Type, type Static, type TObject } from '@sinclair/typebox';

const Variable = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,199}$' });

/** Settings of whatever takes files from a folder or an SFTP server: spread them into the settings of a connector's type. */
export const DROP_SETTINGS = {
  /** Of this machine; relative to the instance's file. Either this or an endpoint. */
  folder: Type.Optional(Type.String({ minLength: 1, maxLength: 4_000 })),
  /** `sftp://host:port/path` */
  endpoint: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })),
  /** Names of environment variables, of an endpoint. */
  credentials: Type.Optional(
    Type.Union([
      Type.Object({ user: Variable, password: Variable }, { additionalProperties: false }),
      /** In OpenSSH's format, without passphrase. */
      Type.Object({ user: Variable, privateKey: Variable }, { additionalProperties: false }),
    ]),
  ),
  /** As `ssh-keygen -lf` shows it: `SHA256:…`. May be left out for a loopback address only. */
  hostKey: Type.Optional(Type.String({ pattern: '^SHA256:[A-Za-z0-9+/]{43}=?$' })),
  /** `*` stands for anything: `stock-*.csv`. Several, divided by commas. All files unless set. */
  pattern: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
  /**
   * A file is read when its size and time of change stayed the same for so long; at once when `<name>.done` lies beside it.
   * 10 s unless set; `0s` for a system that writes under another name (`.tmp`, `.part`, a leading dot) and then renames.
   */
  stillFor: Type.Optional(Type.String({ pattern: '^[0-9]\\d{0,5}(ms|s|m|h)$' })),
};
export type DropSettings = Static<TObject<typeof DROP_SETTINGS>>;
