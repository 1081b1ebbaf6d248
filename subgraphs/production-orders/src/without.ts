/** A copy without some of its fields. */
export function without<T extends object, Name extends string>(from: T, ...names: readonly Name[]): Omit<T, Name> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name as Name))) as Omit<T, Name>;
}
