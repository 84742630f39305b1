import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadSchemas, ObjectSchemas } from '../../../ui/kubernetes/object-schemas.ts';

/** An object of each kind, as an API server of Kubernetes 1.37 stored it and as it returned it. */
export interface StoredObject {
  readonly key: string;
  readonly value: Uint8Array<ArrayBuffer>;
  /** The JSON of `kubectl get -o json --show-managed-fields`, without the resource version. */
  readonly object: { readonly apiVersion: string; readonly kind: string; readonly [name: string]: unknown };
}

/** The names of the fields, read from the sources of the page. */
export const loadSchemas: LoadSchemas = async () =>
  new ObjectSchemas(readFileSync(join(import.meta.dirname, '../../../ui/kubernetes/kubernetes-fields.txt'), 'utf8'));

export function storedObjects(): readonly StoredObject[] {
  const lines = readFileSync(join(import.meta.dirname, 'stored-objects.ndjson'), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const { value, ...stored } = JSON.parse(line) as StoredObject & { readonly value: string };
    return { ...stored, value: Uint8Array.from(Buffer.from(value, 'base64')) };
  });
}
