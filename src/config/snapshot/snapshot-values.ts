/** Parsers of the values of snapshot options. */

/** How names begin. `on-demand` is the one of `tine snapshot save`. */
export function parseSnapshotPrefix(text: string): string {
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(text))
    throw new Error(`"${text}" is not valid; use at most 64 letters, digits, dots, dashes and underscores`);
  if (text === 'on-demand') throw new Error('"on-demand" is the name of snapshots that were not scheduled');
  return text;
}

/** A folder in a bucket, without slashes at its ends. */
export function parseBucketFolder(text: string): string {
  const parts = text.split('/').filter((part) => part !== '');
  if (parts.some((part) => part === '.' || part === '..' || !/^[\w.!*'() -]+$/.test(part)))
    throw new Error(`"${text}" is not a folder of a bucket; write for example clusters/production`);
  return parts.join('/');
}
