/** An extraction that has begun comes to no end. The message says what to do. */
export class ExtractFailed extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ExtractFailed';
  }
}
