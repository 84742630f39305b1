import { splitList } from './listen-address.ts';

/** Matches everything in the lists of this file, as in etcd. */
const ANYTHING = '*';

/**
 * Parses the origins of `--cors`, in the form that browsers send: `https://example.com:8443`, or
 * `*`. The port may be absent, unlike in etcd, because browsers leave out the default port.
 *
 * @throws Error that describes the mistake, without the name of the flag.
 */
export function parseOrigins(text: string): readonly string[] {
  return splitList(text).map((origin) => {
    const isOrigin = origin === ANYTHING || /^https?:\/\/[^\s/?#@]+$/.test(origin);
    if (!isOrigin) throw new Error(`"${origin}" is not an origin; write http://HOST:PORT, or * for every one`);
    return origin;
  });
}

/**
 * Parses the hosts of `--host-whitelist`, in the form of the Host header of a request, without a
 * port. `*` matches every host.
 *
 * @throws Error that describes the mistake, without the name of the flag.
 */
export function parseHostNames(text: string): readonly string[] {
  return splitList(text).map((host) => {
    if (/[\s/?#@]/.test(host)) throw new Error(`"${host}" is not a host name; write for example localhost,10.0.0.1`);
    return host;
  });
}

/** Whether a list of hosts or origins allows a name. An empty list and `*` allow all. */
export function listAllows(list: readonly string[], name: string): boolean {
  return list.length === 0 || list.includes(ANYTHING) || list.includes(name);
}
