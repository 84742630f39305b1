/** The name that the load generator's table of keys gives a key. */
export function keyName(prefix: string, index: number): string {
  return `${prefix}key/${String(index).padStart(8, '0')}`;
}
