import { styleText } from 'node:util';
import type { Config } from '../config/config.ts';
import { dsnText } from '../config/database/database-dsn.ts';
import type { ListenTls } from '../config/listen/listen-tls.ts';

type Served = Pick<Config, 'endpoint' | 'tls' | 'servesUi' | 'httpListenAddresses'>;

/**
 * What a person at a terminal may try once the server runs: commands, and the address of the page.
 */
export function nextSteps(listenUrl: string, config: Served): string {
  const { endpoint, tls } = config;
  const url = localUrl(listenUrl);
  const access = /^(https|unixs):/.test(url) && tls !== undefined ? tls : undefined;
  const etcdctl = `etcdctl --endpoints=${url}${access === undefined ? '' : etcdctlFlags(access)}`;
  const commands = [
    `${etcdctl} put greeting hello`,
    `${etcdctl} get greeting`,
    `kube-apiserver --etcd-servers=${url}${access === undefined ? '' : apiServerFlags(access)} ...`,
    `k3s server --datastore-endpoint=${url}${access === undefined ? '' : k3sFlags(access)}`,
  ];
  return `
tine serves etcd v3 on ${url} and keeps its data in ${dsnText(endpoint)}. In another terminal:

${commands.map((command) => `  ${highlighted(command)}`).join('\n')}

${pageLine(url, config)}tine --help lists the options. Ctrl-C stops tine; the written data stays.

`;
}

/** In colour on a terminal, unless NO_COLOR is set. */
const highlighted = (text: string): string => styleText('cyan', text, { stream: process.stdout });

/** The page is where HTTP is served. A browser opens no UNIX socket. */
function pageLine(url: string, { servesUi, httpListenAddresses }: Served): string {
  const isHere = servesUi && url.startsWith('http') && httpListenAddresses.length === 0;
  return isHere ? `${highlighted(`${url}/ui/`)} shows keys, values and the state of tine in a browser.\n` : '';
}

const etcdctlFlags = (tls: ListenTls): string => accessFlags(tls, ['cacert', 'cert', 'key']);
const apiServerFlags = (tls: ListenTls): string => accessFlags(tls, ['etcd-cafile', 'etcd-certfile', 'etcd-keyfile']);
const k3sFlags = (tls: ListenTls): string =>
  accessFlags(tls, ['datastore-cafile', 'datastore-certfile', 'datastore-keyfile']);

/**
 * A self-signed certificate is its own authority. The authority of any other certificate is unknown
 * here.
 */
function accessFlags({ pair, clients }: ListenTls, [ca, cert, key]: readonly [string, string, string]): string {
  const authority = ` --${ca}=${pair.kind === 'generated' ? pair.certFile : 'ca.crt'}`;
  return clients === undefined ? authority : `${authority} --${cert}=client.crt --${key}=client.key`;
}

// Clients cannot connect to an address that means every interface.
const localUrl = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
