/** A record with one value for each name. */
export function recordOf<Name extends string, Value>(
  names: readonly Name[],
  read: (name: Name, index: number) => Value,
): Readonly<Record<Name, Value>> {
  return Object.fromEntries(names.map((name, index) => [name, read(name, index)])) as Record<Name, Value>;
}
