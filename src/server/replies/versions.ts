/** etcd's version of its storage layout: `3.7.0` for `3.7.4`. */
export function storageVersion(version: string): string {
  return clusterVersion(version);
}

/** The version of a cluster whose members have this version: `3.7.0` for `3.7.4`. */
export function clusterVersion(version: string): string {
  return `${minorVersion(version)}.0`;
}

/** The short form: `3.7` for `3.7.4`. */
export function minorVersion(version: string): string {
  const [major, minor] = version.split('.');
  return `${major}.${minor}`;
}
