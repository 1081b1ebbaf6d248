/** Without some of its fields: a copy, or the object itself if it has none of them. */
export function without<T extends object, Name extends string>(from: T, ...names: readonly Name[]): Omit<T, Name> {
  if (!names.some((name) => name in from)) return from;
  return Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name as Name))) as Omit<T, Name>;
}
