import { textOfBytes } from '../bytes.ts';
import { fieldTree, type Plain } from './field-tree.ts';
import { objectMetaOf } from './object-meta.ts';
import { type ProtobufField, protobufFields } from './protobuf-fields.ts';

/** A Kubernetes object, as the API server stores it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly [name: string]: Plain };
  /** Everything, with the names of YAML where they are known. */
  readonly whole: Plain;
  /** `protobuf`: all but the metadata has numbers instead of names. */
  readonly form: 'json' | 'protobuf';
}

/** The bytes before runtime.Unknown of k8s.io/apimachinery. */
const magic = 'k8s\u0000';

/** Numbers of runtime.Unknown and of its TypeMeta. */
const unknownFields = { typeMeta: 1, raw: 2 } as const;
const typeFields = { apiVersion: 1, kind: 2 } as const;
/** Every top-level object has its metadata in the first field. */
const metadataField = 1;

/** The object behind `k8s\0`; undefined if the bytes are no object. */
export function kubernetesProtobuf(bytes: Uint8Array<ArrayBuffer>): KubernetesObject | undefined {
  if (String.fromCharCode(...bytes.subarray(0, magic.length)) !== magic) return undefined;
  const envelope = protobufFields(bytes.subarray(magic.length));
  const type = messageAt(envelope, unknownFields.typeMeta);
  const raw = messageAt(envelope, unknownFields.raw);
  if (type === undefined || raw === undefined) return undefined;
  const apiVersion = textAt(type, typeFields.apiVersion);
  const kind = textAt(type, typeFields.kind);
  const metadata = objectMetaOf(bytesAt(raw, metadataField) ?? new Uint8Array());
  const rest = raw.filter(({ number }) => number !== metadataField);
  const fields = rest.length === 0 ? {} : { fields: fieldTree(rest) };
  return { apiVersion, kind, metadata, whole: { apiVersion, kind, metadata, ...fields }, form: 'protobuf' };
}

/** The object in JSON, as resources that a cluster defines itself are stored. */
export function kubernetesJson(value: unknown): KubernetesObject | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { apiVersion, kind, metadata } = value as Record<string, unknown>;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  return { apiVersion, kind, metadata: metadata as Record<string, Plain>, whole: value as Plain, form: 'json' };
}

function bytesAt(fields: readonly ProtobufField[] | undefined, wanted: number): Uint8Array<ArrayBuffer> | undefined {
  const value = fields?.find(({ number }) => number === wanted)?.value;
  return typeof value === 'bigint' ? undefined : value;
}

function messageAt(fields: readonly ProtobufField[] | undefined, wanted: number): readonly ProtobufField[] | undefined {
  const bytes = bytesAt(fields, wanted);
  return bytes && protobufFields(bytes);
}

function textAt(fields: readonly ProtobufField[], wanted: number): string {
  const bytes = bytesAt(fields, wanted);
  return (bytes && textOfBytes(bytes)) ?? '';
}
