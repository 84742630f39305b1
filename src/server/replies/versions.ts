/** The version of the storage's layout that an etcd of this version has: `3.7.0` of `3.7.4`. */
export function storageVersion(version: string): string {
  return clusterVersion(version);
}

/** The version that a cluster of members of this version agrees on: `3.7.0` of `3.7.4`. */
export function clusterVersion(version: string): string {
  return `${minorVersion(version)}.0`;
}

/** As people say it: `3.7` of `3.7.4`. */
export function minorVersion(version: string): string {
  const [major, minor] = version.split('.');
  return `${major}.${minor}`;
}
