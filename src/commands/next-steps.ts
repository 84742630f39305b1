import { type Dsn, dsnText } from '../config/dsn.ts';

/** What a person at a terminal may want to try once the server is up. */
export function nextSteps(listenUrl: string, endpoint: Dsn): string {
  const url = localUrl(listenUrl);
  return `
tine serves etcd v3 on ${url} and keeps its data in ${dsnText(endpoint)}. In another terminal:

  etcdctl --endpoints=${url} put greeting hello
  etcdctl --endpoints=${url} get greeting
  kube-apiserver --etcd-servers=${url} ...
  k3s server --datastore-endpoint=${url}

tine --help lists the options. Ctrl-C stops it; what was written stays.

`;
}

// An address for every interface is none to connect to.
const localUrl = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
