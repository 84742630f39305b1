import type { Config } from '../config/config.ts';
import { dsnText } from '../config/dsn.ts';
import { listenAddressUrl } from '../config/listen-address.ts';

/** What a person at a terminal may want to try once the server is up. */
export function nextSteps({ listenAddresses, endpoint }: Pick<Config, 'listenAddresses' | 'endpoint'>): string {
  const [first] = listenAddresses;
  const url = first === undefined ? '' : localUrl(listenAddressUrl(first));
  return `
tine serves etcd v3 on ${url} and keeps its data in ${dsnText(endpoint)}. In another terminal:

  etcdctl --endpoints=${url} put greeting hello
  etcdctl --endpoints=${url} get greeting
  kube-apiserver --etcd-servers=${url} ...
  k3s server --datastore-endpoint=${url}

tine --help lists the options. Ctrl-C stops it; what was written stays.

`;
}

const localUrl = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
