/**
 * Connections to a database server. With 3 one is for writes, one for reads, and one shows whether the database answers. More than ten gain nothing, since writes go in
 * batches and short reads together, and a server has some hundred for all of its users.
 */
export const maxOpenConnectionsDefault = 10;
export const maxOpenConnectionsMin = 3;
const MAX = 1000;

/**
 * kine's `--datastore-max-open-connections`, where zero or less is no limit: here the default, which is enough.
 *
 * @throws Error that says what is wrong, without the name of the flag.
 */
export function parseMaxOpenConnections(text: string): number {
  const count = /^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (count <= 0) return maxOpenConnectionsDefault;
  if (count < maxOpenConnectionsMin) {
    throw new Error(
      `"${text}" is too few; give at least ${maxOpenConnectionsMin}: for writes, for reads, and for a look whether the database answers`,
    );
  }
  if (!(count <= MAX)) throw new Error(`"${text}" is not a whole number from ${maxOpenConnectionsMin} to ${MAX}`);
  return count;
}
