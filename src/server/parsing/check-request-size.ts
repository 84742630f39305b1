import { etcdError } from '../../errors.ts';

/**
 * What etcd wraps a write request in before it measures it: a tag and a length of three bytes around the request, and
 * a header with the request's number, which has ten.
 */
const envelopeBytes = 4 + 3 + 11;

/** @throws EtcdError when a write is larger than etcd would propose to its members. Reads are not measured. */
export function checkRequestSize(request: Uint8Array, { maxRequestBytes }: { readonly maxRequestBytes: number }): void {
  if (request.length + envelopeBytes > maxRequestBytes) throw etcdError('requestTooLarge');
}
