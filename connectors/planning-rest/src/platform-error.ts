/** What the platform answered, or that it did not: worth another try after a while. */
export class PlatformError extends Error {
  constructor(
    readonly kind: 'DOWN' | 'BUSY' | 'WRONG',
    readonly reason: string,
  ) {
    super(reason);
    this.name = 'PlatformError';
  }
}
