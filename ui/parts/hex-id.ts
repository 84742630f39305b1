/** An id as etcdctl writes it: hexadecimal, unsigned. The gateway writes leases with a sign. */
export function hexId(decimal: string): string {
  return BigInt.asUintN(64, BigInt(decimal)).toString(16);
}
