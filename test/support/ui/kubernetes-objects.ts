/** Objects as a Kubernetes API server stores them, built by hand. */

/** A field of a message: a number, text, or an inner message. */
export type Field = readonly [number: number, value: number | bigint | string | Uint8Array];

export function message(...fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === 'number' || typeof value === 'bigint')
        return Buffer.concat([varint(number << 3), varint(value)]);
      const bytes = Buffer.from(value as string);
      return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
    }),
  );
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}

export interface ObjectOptions {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly createdSeconds?: number;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly labels?: Readonly<Record<string, string>>;
  /** Further fields of the object. */
  readonly rest?: readonly Field[];
}

/** An object in protobuf behind `k8s\0`, as built-in kinds are stored. */
export function protobufObject(options: ObjectOptions): Buffer {
  const { apiVersion, kind, rest = [] } = options;
  const raw = message([1, metadataOf(options)], ...rest);
  const unknown = message([1, message([1, apiVersion], [2, kind])], [2, raw], [3, ''], [4, '']);
  return Buffer.concat([Buffer.from('k8s\0'), unknown]);
}

function metadataOf({
  name,
  namespace = '',
  createdSeconds = 1_700_000_000,
  owner,
  labels = {},
}: ObjectOptions): Buffer {
  const owners: readonly Field[] =
    owner === undefined ? [] : [[13, message([1, owner.kind], [3, owner.name], [4, 'u-2'], [5, 'apps/v1'], [6, 1])]];
  return message(
    [1, name],
    [2, ''],
    [3, namespace],
    [4, ''],
    [5, 'u-1'],
    [6, ''],
    [7, 3],
    [8, message([1, createdSeconds])],
    ...Object.entries(labels).map(([key, value]): Field => [11, message([1, key], [2, value])]),
    ...owners,
    [14, 'example.com/protect'],
    [
      17,
      message(
        [1, 'kube-controller-manager'],
        [2, 'Update'],
        [3, 'v1'],
        [4, message([1, createdSeconds])],
        [6, 'FieldsV1'],
        [7, message([1, '{"f:spec":{}}'])],
      ),
    ],
  );
}

/** An object in JSON, as kinds are stored that a cluster defines itself. */
export function jsonObject({
  apiVersion,
  kind,
  name,
  namespace,
  createdSeconds = 1_700_000_000,
}: ObjectOptions): string {
  const creationTimestamp = new Date(createdSeconds * 1000).toISOString().replace('.000Z', 'Z');
  return JSON.stringify({
    apiVersion,
    kind,
    metadata: { name, namespace, creationTimestamp, uid: 'u-3', generation: 1 },
    spec: { size: 3, large: '12345678901234567890' },
  });
}
