/** As browsers write it: a scheme, a host in lower case and any unusual port, with no path and no slash at the end. */
export function isOrigin(text: string): boolean {
  if (!/^https?:[^*]+$/.test(text) || !URL.canParse(text)) return false;
  return new URL(text).origin === text;
}

/**
 * What `TAKT_CORS` says: origins with commas between; undefined if it is not set. Throws Error with a message for the
 * operator.
 */
export function corsOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined || text === '') return undefined;
  const origins = text.split(',').map((origin) => origin.trim());
  const wrong = origins.find((origin) => !isOrigin(origin));
  if (wrong === undefined) return origins;
  throw new Error(
    `TAKT_CORS=${text}: expected origins as browsers write them, with commas between, e.g. https://plan.example,http://localhost:3000, and got ${JSON.stringify(wrong)}.`,
  );
}
