import { etcdError } from '../../errors.ts';

/**
 * Bytes that etcd adds to a write request before it checks the size: a tag and a length of three
 * bytes around the request, and a header with the request's number of ten bytes.
 */
const envelopeBytes = 4 + 3 + 11;

/**
 * @throws EtcdError when a write is larger than etcd would propose to its members. The size of
 * reads is not checked.
 */
export function checkRequestSize(size: number, { maxRequestBytes }: { readonly maxRequestBytes: number }): void {
  if (size + envelopeBytes > maxRequestBytes) throw etcdError('requestTooLarge');
}
