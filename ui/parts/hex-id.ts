/** An id as etcdctl writes it: unsigned, in hexadecimal. The gateway writes leases as signed numbers. */
export function hexId(decimal: string): string {
  return BigInt.asUintN(64, BigInt(decimal)).toString(16);
}
