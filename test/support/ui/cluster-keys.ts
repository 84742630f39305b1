import type { EtcdClient } from '../client.ts';
import { jsonObject, message, protobufObject } from './kubernetes-objects.ts';

/** Pods of the small cluster. */
export const podCount = 40;

const dayMs = 86_400_000;

/** Puts the keys of a small Kubernetes cluster, and a few of other programs. */
export async function putClusterKeys(client: EtcdClient): Promise<void> {
  const createdSeconds = Math.floor((Date.now() - 12 * dayMs) / 1000);
  const put = (key: string | Buffer, value: string | Buffer) => client.put({ key, value });
  for (let index = 0; index < podCount; index += 1) {
    const name = `web-${String(index).padStart(3, '0')}`;
    const pod = { apiVersion: 'v1', kind: 'Pod', name, namespace: 'shop', createdSeconds };
    await put(
      `/registry/pods/shop/${name}`,
      protobufObject({
        ...pod,
        owner: { kind: 'ReplicaSet', name: 'web' },
        labels: { app: 'web', tier: 'front' },
        rest: [
          [2, message([2, message([1, 'web'], [2, 'web:1.4'], [8, ''])], [3, 'Always'], [4, 30], [10, 'node-1'])],
          [3, message([1, 'Running'], [6, `10.1.0.${index + 10}`])],
        ],
      }),
    );
  }
  for (const name of ['default', 'kube-system', 'shop'])
    await put(
      `/registry/namespaces/${name}`,
      protobufObject({ apiVersion: 'v1', kind: 'Namespace', name, createdSeconds }),
    );
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget', name: 'main', namespace: 'shop', createdSeconds };
  await put('/registry/example.com/widgets/shop/main', jsonObject(widget));
  await put('/registry/secrets/shop/database', 'k8s:enc:aescbc:v1:key1:\u0001\u0002\u0003');
  for (const size of [1, 2, 3]) await put('/app/settings', JSON.stringify({ colour: 'blue', size, list: [1, 2, 3] }));
  await put('/app/greeting', 'hello\nworld\n');
  await put(Buffer.from([0x2f, 0x61, 0x70, 0x70, 0x2f, 0xff, 0x00, 0x41]), Buffer.from([0x00, 0xff, 0x10]));
}
