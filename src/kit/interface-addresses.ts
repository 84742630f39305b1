import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/**
 * The addresses of all network interfaces. Empty where the process may not list them: Linux lists
 * them over a netlink socket, which systemd's `RestrictAddressFamilies=` can refuse.
 */
export function interfaceAddresses(): readonly NetworkInterfaceInfo[] {
  try {
    return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  } catch {
    return [];
  }
}
