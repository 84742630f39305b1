import { splitList } from './listen-address.ts';

/** Stands for everything in the lists of this file, as in etcd. */
const ANYTHING = '*';

/**
 * The origins of `--cors`, as a browser names them: `https://example.com:8443`, or `*`. Without a port too, which etcd does not
 * take: browsers leave out the usual one.
 *
 * @throws Error that says what is wrong, without the name of the flag.
 */
export function parseOrigins(text: string): readonly string[] {
  return splitList(text).map((origin) => {
    const isOrigin = origin === ANYTHING || /^https?:\/\/[^\s/?#@]+$/.test(origin);
    if (!isOrigin) throw new Error(`"${origin}" is no origin; write http://HOST:PORT, or * for every one`);
    return origin;
  });
}

/**
 * The hosts of `--host-whitelist`, as the Host header of a request names them, without a port; `*` is every one.
 *
 * @throws Error that says what is wrong, without the name of the flag.
 */
export function parseHostNames(text: string): readonly string[] {
  return splitList(text).map((host) => {
    if (/[\s/?#@]/.test(host)) throw new Error(`"${host}" is no host name; write for example localhost,10.0.0.1`);
    return host;
  });
}

/** Whether such a list, of hosts or of origins, allows a name: an empty one and `*` allow all. */
export function listAllows(list: readonly string[], name: string): boolean {
  return list.length === 0 || list.includes(ANYTHING) || list.includes(name);
}
