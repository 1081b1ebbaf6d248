/** What time it is, so that tests can say. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
