/** A setting makes no sense; the message says which one, and repeats no secret. */
export class SettingError extends Error {
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
    this.name = 'SettingError';
  }
}
