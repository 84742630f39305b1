import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { EtcdClient, etcdAccess } from '../../../../src/transfer/copy/etcd-client.ts';
import { CertificateAuthority } from '../../../support/certificate-authority.ts';
import { temporaryDirectory } from '../../../support/index.ts';

test('an unknown authority of a server is answered with the variable that names its file', async (context) => {
  const authority = new CertificateAuthority(join(temporaryDirectory(), 'authority'));
  const { certificate, key } = authority.issue();
  const chains = { leaf: certificate, 'with its authority': `${certificate}${authority.certificate}` };
  for (const [name, cert] of Object.entries(chains)) {
    const server = createSecureServer({ cert, key });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    context.after(() => server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = await EtcdClient.open(url, etcdAccess({}));
    context.after(() => client.close());
    await assert.rejects(
      client.newestRevision(),
      ({ message }: Error) => /certificate[^;]*; name a file with its authority in ETCDCTL_CACERT$/.test(message),
      name,
    );
  }
});

const addresses = {
  'http://etcd.example.com': 'http://etcd.example.com:2379',
  'http://etcd.example.com:80/': 'http://etcd.example.com:80',
  'https://etcd.example.com:443': 'https://etcd.example.com:443',
  'https://[::1]:443': 'https://[::1]:443',
  'https://[::1]': 'https://[::1]:2379',
  'http://etcd.example.com:12379': 'http://etcd.example.com:12379',
};
for (const [address, name] of Object.entries(addresses)) {
  test(`the address ${address} means ${name}`, async (context) => {
    const client = await EtcdClient.open(address, etcdAccess({}));
    context.after(() => client.close());
    assert.equal(client.name, name);
  });
}
