import { networkInterfaces } from 'node:os';
import { type ListenAddress, listenAddressUrl } from './listen-address.ts';

/**
 * What clients are told when nothing else is given: where the server listens. An address that means every interface is
 * no address to call, so the machine's first outer one stands for it, as in etcd.
 */
export function advertisedUrls(
  addresses: readonly ListenAddress[],
  outerAddress: string | undefined = firstOuterAddress(),
): readonly string[] {
  return addresses.map((address) => {
    const isWildcard = address.kind === 'tcp' && (address.host === '0.0.0.0' || address.host === '::');
    return listenAddressUrl(isWildcard ? { ...address, host: outerAddress ?? 'localhost' } : address);
  });
}

function firstOuterAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
