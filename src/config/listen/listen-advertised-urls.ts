import { interfaceAddresses } from '../../kit/interface-addresses.ts';
import { type ListenAddress, listenAddressUrl } from './listen-address.ts';

/**
 * The default of the advertised URLs: the listen addresses. Clients cannot connect to an address
 * that means every interface, so the first external address of the machine replaces it, as in etcd.
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
  return interfaceAddresses().find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
