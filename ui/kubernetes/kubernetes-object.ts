import { textOfBytes } from '../bytes.ts';
import type { Members, Plain } from './field-tree.ts';
import { namedTree } from './named-tree.ts';
import { type ObjectSchemas, schemaOf } from './object-schemas.ts';
import { type ProtobufField, protobufFields } from './protobuf-fields.ts';

/** A Kubernetes object, as the API server stores it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Members;
  /** Everything, with the names of YAML where they are known. */
  readonly whole: Plain;
  /** False: all but the metadata has numbers for names, in `whole.fields`. */
  readonly isNamed: boolean;
}

/** The bytes before runtime.Unknown of k8s.io/apimachinery. */
const magic = 'k8s\u0000';

/** Numbers of runtime.Unknown and of its TypeMeta. */
const unknownFields = { typeMeta: 1, raw: 2 } as const;
const typeFields = { apiVersion: 1, kind: 2 } as const;

/** Every object has its metadata in the first field. */
const metadataSchema = schemaOf(['1metadata:meta.k8s.io/v1.ObjectMeta'], '');

export function isKubernetesProtobuf(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, magic.length)) === magic;
}

/** The type of an object. */
export type ObjectType = Pick<KubernetesObject, 'apiVersion' | 'kind'>;

/** The tag of TypeMeta, the first field of runtime.Unknown. Its length has one byte. */
const typeMetaTag = 0x0a;

/** The type of an object in protobuf, from its first bytes; undefined: they do not show one. */
export function kubernetesType(start: Uint8Array<ArrayBuffer>): ObjectType | undefined {
  if (!isKubernetesProtobuf(start)) return undefined;
  const [tag, length = 0] = start.subarray(magic.length);
  const from = magic.length + 2;
  if (tag !== typeMetaTag || from + length > start.length) return undefined;
  const fields = protobufFields(start.subarray(from, from + length));
  const type = fields && typeOf(fields);
  return type?.kind ? type : undefined;
}

/** The object behind `k8s\0`; undefined if the bytes after it are no object. */
export function kubernetesProtobuf(
  bytes: Uint8Array<ArrayBuffer>,
  schemas: ObjectSchemas,
): KubernetesObject | undefined {
  const envelope = protobufFields(bytes.subarray(magic.length));
  const type = messageAt(envelope, unknownFields.typeMeta);
  const raw = messageAt(envelope, unknownFields.raw);
  if (type === undefined || raw === undefined) return undefined;
  const { apiVersion, kind } = typeOf(type);
  const schema = schemas.message(`${apiVersion}.${kind}`);
  const { metadata = {}, ...rest } = namedTree(raw, schema ?? metadataSchema, schemas);
  const fields = Object.keys(rest).length === 0 || schema !== undefined ? rest : { fields: rest };
  return {
    apiVersion,
    kind,
    metadata: metadata as Members,
    whole: { apiVersion, kind, metadata, ...fields },
    isNamed: schema !== undefined,
  };
}

/** The object in JSON, as resources that a cluster defines itself are stored. */
export function kubernetesJson(value: unknown): KubernetesObject | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { apiVersion, kind, metadata } = value as Record<string, unknown>;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  return { apiVersion, kind, metadata: metadata as Members, whole: value as Plain, isNamed: true };
}

function typeOf(typeMeta: readonly ProtobufField[]): ObjectType {
  return { apiVersion: textAt(typeMeta, typeFields.apiVersion), kind: textAt(typeMeta, typeFields.kind) };
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
