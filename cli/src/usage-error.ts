/** What was asked for makes no sense; the message says what to ask for instead. Exit code 2. */
export class UsageError extends Error {}
