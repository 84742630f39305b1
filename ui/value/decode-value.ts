import { textOfBytes } from '../bytes.ts';
import {
  isKubernetesProtobuf,
  type KubernetesObject,
  kubernetesJson,
  kubernetesProtobuf,
} from '../kubernetes/kubernetes-object.ts';
import type { LoadSchemas } from '../kubernetes/object-schemas.ts';
import { parseJson } from '../parse-json.ts';

/** What a value is, as far as its bytes show. */
export type DecodedValue =
  | { readonly kind: 'empty' }
  /** Encrypted by a Kubernetes API server. */
  | { readonly kind: 'encrypted'; readonly provider: string; readonly keyName: string }
  | { readonly kind: 'kubernetes'; readonly object: KubernetesObject; readonly text: string | undefined }
  /** Begins like a Kubernetes object in protobuf. */
  | { readonly kind: 'undecoded'; readonly reason: 'damaged' | 'large' }
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary' };

/** `k8s:enc:PROVIDER:VERSION:KEY:` before the encrypted bytes. KMS v2 adds no end to the key. */
const encryptedPrefix = /^k8s:enc:([a-z]+):(v\d+):([^:]{0,200}):/;

/**
 * API servers store at most 1.5 MiB in etcd, unless its limit is raised. An object of 1.5 MiB that
 * has a field in every two bytes takes 5 s.
 */
export const objectBytesMax = 4 * 1024 * 1024;

/** `load` is awaited only for an object in protobuf. */
export async function decodeValue(bytes: Uint8Array<ArrayBuffer>, load: LoadSchemas): Promise<DecodedValue> {
  if (bytes.length === 0) return { kind: 'empty' };
  const encrypted = encryptedPrefix.exec(String.fromCharCode(...bytes.subarray(0, 300)));
  if (encrypted !== null) {
    const [, name = '', version = '', keyName = ''] = encrypted;
    return { kind: 'encrypted', provider: `${name} ${version}`, keyName };
  }
  if (isKubernetesProtobuf(bytes)) {
    if (bytes.length > objectBytesMax) return { kind: 'undecoded', reason: 'large' };
    const object = kubernetesProtobuf(bytes, await load());
    if (object === undefined) return { kind: 'undecoded', reason: 'damaged' };
    return { kind: 'kubernetes', object, text: undefined };
  }
  const text = textOfBytes(bytes);
  if (text === undefined) return { kind: 'binary' };
  const json = parseJson(text);
  if (json === undefined) return { kind: 'text', text };
  const object = kubernetesJson(json.value);
  return object === undefined ? { kind: 'json', text } : { kind: 'kubernetes', object, text };
}
