import type { Config } from '../config/config.ts';
import { dsnText } from '../config/database/database-dsn.ts';
import type { ListenTls } from '../config/listen/listen-tls.ts';

/** What a person at a terminal may want to try once the server is up. */
export function nextSteps(listenUrl: string, { endpoint, tls }: Pick<Config, 'endpoint' | 'tls'>): string {
  const url = localUrl(listenUrl);
  const access = /^(https|unixs):/.test(url) && tls !== undefined ? tls : undefined;
  const etcdctl = `etcdctl --endpoints=${url}${access === undefined ? '' : etcdctlFlags(access)}`;
  return `
tine serves etcd v3 on ${url} and keeps its data in ${dsnText(endpoint)}. In another terminal:

  ${etcdctl} put greeting hello
  ${etcdctl} get greeting
  kube-apiserver --etcd-servers=${url}${access === undefined ? '' : apiServerFlags(access)} ...
  k3s server --datastore-endpoint=${url}${access === undefined ? '' : k3sFlags(access)}

tine --help lists the options. Ctrl-C stops it; what was written stays.

`;
}

const etcdctlFlags = (tls: ListenTls): string => accessFlags(tls, ['cacert', 'cert', 'key']);
const apiServerFlags = (tls: ListenTls): string => accessFlags(tls, ['etcd-cafile', 'etcd-certfile', 'etcd-keyfile']);
const k3sFlags = (tls: ListenTls): string =>
  accessFlags(tls, ['datastore-cafile', 'datastore-certfile', 'datastore-keyfile']);

/** A certificate that is signed by itself is its own authority; who signed another is not known here. */
function accessFlags({ pair, clients }: ListenTls, [ca, cert, key]: readonly [string, string, string]): string {
  const authority = ` --${ca}=${pair.kind === 'generated' ? pair.certFile : 'ca.crt'}`;
  return clients === undefined ? authority : `${authority} --${cert}=client.crt --${key}=client.key`;
}

// An address for every interface is none to connect to.
const localUrl = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
