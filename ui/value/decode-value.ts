import { textOfBytes } from '../bytes.ts';
import { type KubernetesObject, kubernetesJson, kubernetesProtobuf } from './kubernetes-object.ts';
import { parseJson } from './parse-json.ts';

/** What a value is, as far as its bytes show. */
export type DecodedValue =
  | { readonly kind: 'empty' }
  /** Encrypted by a Kubernetes API server. */
  | { readonly kind: 'encrypted'; readonly provider: string; readonly keyName: string }
  | { readonly kind: 'kubernetes'; readonly object: KubernetesObject; readonly text: string | undefined }
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary' };

/** `k8s:enc:PROVIDER:VERSION:KEY:` before the encrypted bytes. KMS v2 adds no end to the key. */
const encryptedPrefix = /^k8s:enc:([a-z]+):(v\d+):([^:]{0,200}):/;

export function decodeValue(bytes: Uint8Array<ArrayBuffer>): DecodedValue {
  if (bytes.length === 0) return { kind: 'empty' };
  const encrypted = encryptedPrefix.exec(String.fromCharCode(...bytes.subarray(0, 300)));
  if (encrypted !== null) {
    const [, name = '', version = '', keyName = ''] = encrypted;
    return { kind: 'encrypted', provider: `${name} ${version}`, keyName };
  }
  const protobuf = kubernetesProtobuf(bytes);
  if (protobuf !== undefined) return { kind: 'kubernetes', object: protobuf, text: undefined };
  const text = textOfBytes(bytes);
  if (text === undefined) return { kind: 'binary' };
  const json = parseJson(text);
  if (json === undefined) return { kind: 'text', text };
  const object = kubernetesJson(json.value);
  return object === undefined ? { kind: 'json', text } : { kind: 'kubernetes', object, text };
}
