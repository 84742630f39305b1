import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { credentials } from '@grpc/grpc-js';
import { addUser, auth, enableAuth, tokenOf } from '../../support/auth.ts';
import { CertificateAuthority } from '../../support/certificate-authority.ts';
import { DRIVERS, EtcdClient, failureOf, freePort, ownServer, temporaryDirectory } from '../../support/index.ts';

const authority = new CertificateAuthority(join(temporaryDirectory(), 'ca'));
const nobody = { code: 'INVALID_ARGUMENT', details: 'etcdserver: user name is empty' };
const denied = { code: 'PERMISSION_DENIED', details: 'etcdserver: permission denied' };

// Certificates do not depend on the database.
for (const driver of DRIVERS.slice(0, 1)) {
  test(`${driver.name}: the common name of a client certificate is the user name, unless the request has a token or came through a gateway`, async (context) => {
    const port = await freePort();
    const pair = authority.issue();
    const { client } = await ownServer(context, {
      driver,
      port,
      arguments: [
        ...['--bcrypt-cost', '4', '--client-cert-auth', '--trusted-ca-file', authority.caFile],
        ...['--cert-file', pair.certFile, '--key-file', pair.keyFile],
        ...['--listen-client-urls', `http://127.0.0.1:${port},https://127.0.0.1:${port}`],
        ...['--advertise-client-urls', `https://127.0.0.1:${port}`],
      ],
    });
    await addUser(client, 'ann', { permType: 'READ', key: 'a' });
    await addUser(client, 'bob', { permType: 'READ', key: 'b' });
    await auth(client, 'UserAdd', { name: 'cert', options: { no_password: true } });
    await auth(client, 'UserGrantRole', { user: 'cert', role: 'role-of-ann' });
    const root = await enableAuth(client);
    context.after(() => root.close());
    const withCertificate = (commonName: string, metadata: Readonly<Record<string, string>> = {}): EtcdClient => {
      const { certificate, key } = authority.issue({ for: 'client', commonName });
      const secure = credentials.createSsl(
        Buffer.from(authority.certificate),
        Buffer.from(key),
        Buffer.from(certificate),
      );
      const each = new EtcdClient(`127.0.0.1:${port}`, metadata, secure);
      context.after(() => each.close());
      return each;
    };

    for (const name of ['ann', 'cert']) {
      await withCertificate(name).range({ key: 'a' });
      assert.deepEqual(await failureOf(withCertificate(name).range({ key: 'b' })), denied);
      assert.deepEqual(await failureOf(withCertificate(name).put({ key: 'a' })), denied);
    }
    await auth(withCertificate('root'), 'UserList');
    assert.deepEqual(await failureOf(withCertificate('stranger').range({ key: 'a' })), denied);
    assert.equal(
      (await failureOf(auth(withCertificate('stranger'), 'UserList'))).details,
      'etcdserver: user name not found',
    );

    const ofBob = withCertificate('ann', { token: await tokenOf(client, 'bob') });
    await ofBob.range({ key: 'b' });
    assert.deepEqual(await failureOf(ofBob.range({ key: 'a' })), denied);
    const bad = withCertificate('ann', { token: 'bad.1' });
    assert.equal((await failureOf(bad.range({ key: 'a' }))).details, 'etcdserver: invalid auth token');
    const gateway = withCertificate('ann', { 'grpcgateway-accept': '*/*' });
    assert.deepEqual(await failureOf(gateway.range({ key: 'a' })), nobody);
    assert.deepEqual(await failureOf(client.range({ key: 'a' })), nobody);
  });
}
