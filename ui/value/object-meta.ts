import { textOfBytes } from '../bytes.ts';
import { fieldTree, type Plain } from './field-tree.ts';
import { type ProtobufField, protobufFields } from './protobuf-fields.ts';

/**
 * Kubernetes' `ObjectMeta` from protobuf, with the names of its YAML. The numbers are the ones of
 * k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto. Managed fields show their manager only.
 */
type Read = (value: ProtobufField['value']) => Plain;

interface Schema {
  readonly [number: number]: readonly [name: string, read: Read, isRepeated?: 'repeated'];
}

const text: Read = (value) => (typeof value === 'bigint' ? String(value) : (textOfBytes(value) ?? ''));
const integer: Read = (value) => (typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0);
const boolean: Read = (value) => value === 1n;

const time: Read = (value) => {
  const seconds = fieldsOf(value).find(({ number }) => number === 1)?.value;
  const ms = typeof seconds === 'bigint' ? Number(BigInt.asIntN(64, seconds)) * 1000 : 0;
  return Number.isFinite(new Date(ms).getTime()) ? new Date(ms).toISOString().replace('.000Z', 'Z') : null;
};

const ownerReference: Schema = {
  5: ['apiVersion', text],
  1: ['kind', text],
  3: ['name', text],
  4: ['uid', text],
  6: ['controller', boolean],
  7: ['blockOwnerDeletion', boolean],
};

const managedFields: Schema = {
  1: ['manager', text],
  2: ['operation', text],
  3: ['apiVersion', text],
  4: ['time', time],
  6: ['fieldsType', text],
  7: ['fieldsV1', () => '(not shown)'],
  8: ['subresource', text],
};

const objectMeta: Schema = {
  1: ['name', text],
  2: ['generateName', text],
  3: ['namespace', text],
  4: ['selfLink', text],
  5: ['uid', text],
  6: ['resourceVersion', text],
  7: ['generation', integer],
  8: ['creationTimestamp', time],
  9: ['deletionTimestamp', time],
  10: ['deletionGracePeriodSeconds', integer],
  11: ['labels', entry, 'repeated'],
  12: ['annotations', entry, 'repeated'],
  13: ['ownerReferences', (value) => message(value, ownerReference), 'repeated'],
  14: ['finalizers', text, 'repeated'],
  17: ['managedFields', (value) => message(value, managedFields), 'repeated'],
};

/** Names of fields that are maps: lists of entries in protobuf. */
const maps = new Set(['labels', 'annotations']);

export function objectMetaOf(bytes: Uint8Array<ArrayBuffer>): { readonly [name: string]: Plain } {
  const read = message(bytes, objectMeta);
  return Object.fromEntries(Object.entries(read).map(([name, value]) => [name, maps.has(name) ? mapOf(value) : value]));
}

function message(value: ProtobufField['value'], schema: Schema): { readonly [name: string]: Plain } {
  const found: Record<string, Plain> = {};
  const unknown: ProtobufField[] = [];
  for (const field of fieldsOf(value)) {
    const known = schema[field.number];
    if (known === undefined) {
      unknown.push(field);
      continue;
    }
    const [name, read, isRepeated] = known;
    const plain = read(field.value);
    if (isRepeated === undefined) found[name] = plain;
    else found[name] = [...((found[name] as readonly Plain[] | undefined) ?? []), plain];
  }
  // Kubernetes writes empty strings of required fields.
  const filled = Object.entries(found).filter(([, plain]) => plain !== '');
  return { ...Object.fromEntries(filled), ...(unknown.length === 0 ? {} : { otherFields: fieldTree(unknown) }) };
}

function entry(value: ProtobufField['value']): Plain {
  const fields = fieldsOf(value);
  const at = (wanted: number) => {
    const found = fields.find(({ number }) => number === wanted);
    return found === undefined ? '' : text(found.value);
  };
  return [at(1), at(2)];
}

function mapOf(entries: Plain): Plain {
  return Object.fromEntries(entries as readonly [string, string][]);
}

function fieldsOf(value: ProtobufField['value']): readonly ProtobufField[] {
  return typeof value === 'bigint' ? [] : (protobufFields(value) ?? []);
}
