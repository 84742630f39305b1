/**
 * Connections to a database server. Of three, one is for writes, one for reads, and one checks
 * whether the database answers. More than ten gain nothing, because writes and short reads are sent
 * in batches. A database server has about a hundred connections for all of its users.
 */
export const maxOpenConnectionsDefault = 10;
export const maxOpenConnectionsMin = 3;
const MAX = 1000;

/**
 * Parses kine's `--datastore-max-open-connections`. In kine, zero or less means no limit; here it
 * means the default, which is enough.
 *
 * @throws Error that describes the mistake, without the name of the flag.
 */
export function parseMaxOpenConnections(text: string): number {
  const count = /^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (count <= 0) return maxOpenConnectionsDefault;
  if (count < maxOpenConnectionsMin) {
    throw new Error(
      `"${text}" is too few; give at least ${maxOpenConnectionsMin}: for writes, for reads, and to check whether the database answers`,
    );
  }
  if (!(count <= MAX)) throw new Error(`"${text}" is not a whole number from ${maxOpenConnectionsMin} to ${MAX}`);
  return count;
}
