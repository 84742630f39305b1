import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { revokedSerialNumbers, serialNumberText } from '../../../../../src/server/transport/tls/revocation-list.ts';
import { CertificateAuthority } from '../../../../support/certificate-authority.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';

const authority = new CertificateAuthority(temporaryDirectory());
const issued = [authority.issue(), authority.issue(), authority.issue()];
const serials = issued.map(({ certificate }) => serialNumberText(new X509Certificate(certificate).serialNumber));

test('a list has its serial numbers, in DER and in PEM', () => {
  const der = authority.revocationList(issued);
  const pem = `-----BEGIN X509 CRL-----\n${der.toString('base64')}\n-----END X509 CRL-----\n`;
  assert.deepEqual([...revokedSerialNumbers(der)], serials);
  assert.deepEqual([...revokedSerialNumbers(Buffer.from(pem))], serials);
});

test('an empty list revokes no certificate', () => {
  assert.equal(revokedSerialNumbers(authority.revocationList([])).size, 0);
});

test('a list from OpenSSL, with the next update and extensions, is parsed', () => {
  const list = [
    'MIHZMIGAAgEBMAoGCCqGSM49BAMCMA0xCzAJBgNVBAMMAmNhFw0yNjExMjEyMDM4MTJaFw0zNjExMTgyMDM4MTJaMDEwEwICEAAXDTI2MTEy',
    'MTAwMDAwMFowGgIJAP7cuph2VDIQFw0yNjExMjEwMDAwMDBaoA8wDTALBgNVHRQEBAICEAAwCgYIKoZIzj0EAwIDSAAwRQIhANNmdBARpBcp',
    'LuSPLRkoEiTqjpE2IdMluir4cIoCoXfIAiA3O68hfpEmpKrlJf1ZJ/rpk47HheehKq4JI6+DLCAxOQ==',
  ];
  assert.deepEqual([...revokedSerialNumbers(Buffer.from(list.join(''), 'base64'))], ['1000', 'fedcba9876543210']);
});

test('an invalid list is refused, and so is one truncated at any byte', () => {
  const der = authority.revocationList(issued);
  for (const bytes of [Buffer.alloc(0), Buffer.from('no list'), Buffer.from(issued[0]?.certificate ?? '')]) {
    assert.throws(() => revokedSerialNumbers(bytes));
  }
  for (let length = 0; length < der.length; length += 1)
    assert.throws(() => revokedSerialNumbers(der.subarray(0, length)));
});
