/** The files in deploy/, which people copy. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import type { Config } from '../../../src/config/config.ts';
import { flagShape } from '../../../src/config/given-options.ts';
import { splitCommandLine } from '../../../src/config/go-flags.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { CertificateAuthority } from '../../support/certificate-authority.ts';
import { repositoryRoot, temporaryDirectory } from '../../support/index.ts';
import { findOnPath } from '../../support/paths.ts';

const deploy = join(repositoryRoot, 'deploy');
const textOf = (file: string): string => readFileSync(join(deploy, file), 'utf8');

/** Certificates in the place of the files that only the machine of a user has. */
const authority = new CertificateAuthority(join(temporaryDirectory(), 'authority'));
const { certFile, keyFile } = authority.issue({ hosts: ['127.0.0.1'] });
const files: Readonly<Record<string, string>> = {
  'cert-file': certFile,
  'key-file': keyFile,
  'trusted-ca-file': authority.caFile,
};

/** tine accepts the arguments, and each of them has an effect. */
function configOf(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Config {
  const { flags, operands } = splitCommandLine(args, flagShape);
  assert.deepEqual(operands, []);
  for (const { name } of flags) assert.notEqual(flagShape(name), 'unknown', `--${name}`);
  const { config, notes } = loadConfig(
    flags.map(({ name, value }) => ({ name, value: files[name] ?? value })),
    environment,
  );
  assert.deepEqual(notes, []);
  return config;
}

interface Manifest {
  readonly kind: string;
  readonly spec: PodSpec & { readonly template?: { readonly spec: PodSpec } };
}

interface PodSpec {
  readonly containers: readonly [Container];
}

interface Container {
  readonly args: readonly string[];
  readonly volumeMounts: readonly { readonly mountPath: string }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly livenessProbe: { readonly httpGet: { readonly path: string } };
}

/** The variables that the image sets. */
function imageVariables(): Readonly<Record<string, string>> {
  const assignments = [...textOf('container/Containerfile').matchAll(/^(?:ENV| ) *(TINE_\w+)=(\S+)/gm)];
  assert.equal(assignments.length, 3);
  return Object.fromEntries(assignments.map(([, name, value]) => [name, value]));
}

function manifestsOf(file: string): readonly Manifest[] {
  const documents = parseAllDocuments(textOf(file));
  return documents.map((document) => {
    assert.deepEqual([...document.errors, ...document.warnings], [], file);
    return document.toJS() as Manifest;
  });
}

const pods = {
  'kubernetes/statefulset.yaml': (manifests: readonly Manifest[]) =>
    manifests.find(({ kind }) => kind === 'StatefulSet')?.spec.template?.spec,
  'kubernetes/static-pod.yaml': (manifests: readonly Manifest[]) => manifests.find(({ kind }) => kind === 'Pod')?.spec,
} as const;

function containerOf(pod: PodSpec | undefined): Container {
  assert.ok(pod !== undefined, 'there is a pod');
  return pod.containers[0];
}

for (const [file, podOf] of Object.entries(pods)) {
  test(`${file} starts tine with valid options, and every path in them is on a volume`, () => {
    const container = containerOf(podOf(manifestsOf(file)));
    const { tls, endpoint, listenAddresses, metricsListenAddresses } = configOf(container.args, imageVariables());
    assert.ok(endpoint.kind === 'sqlite');
    assert.ok(tls?.clients !== undefined, 'clients need a certificate');
    assert.ok(listenAddresses.every(({ isSecure }) => isSecure));
    assert.equal(metricsListenAddresses.length, 1);
    const mounts = container.volumeMounts.map(({ mountPath }) => `${mountPath}/`);
    const paths = container.args.flatMap((argument) => /=(?:sqlite:\/\/)?(\/\S+)$/.exec(argument)?.[1] ?? []);
    assert.equal(paths.length, 4);
    for (const path of paths)
      assert.ok(
        mounts.some((mount) => `${path}/`.startsWith(mount)),
        path,
      );
  });

  test(`${file} has a root file system that is read only, no capabilities, and a probe of /livez`, () => {
    const { securityContext, livenessProbe } = containerOf(podOf(manifestsOf(file)));
    assert.equal(securityContext.readOnlyRootFilesystem, true);
    assert.equal(securityContext.allowPrivilegeEscalation, false);
    assert.deepEqual(securityContext.capabilities, { drop: ['ALL'] });
    assert.equal(livenessProbe.httpGet.path, '/livez');
  });
}

test('every YAML file in deploy/ parses', () => {
  const found = globSync('**/*.yaml', { cwd: deploy });
  assert.ok(found.length >= 3);
  for (const file of found) assert.ok(manifestsOf(file).length > 0, file);
});

test('the configuration of k3s names the address at which the systemd unit serves', () => {
  const [settings] = manifestsOf('k3s/config.yaml') as unknown as readonly Readonly<Record<string, string>>[];
  const [address] = unitConfig().listenAddresses;
  assert.ok(address?.kind === 'tcp');
  assert.equal(settings?.['datastore-endpoint'], `http://${address.host}:${address.port}`);
});

const withOpenssl = { skip: findOnPath('openssl') === undefined };

test('certificates.sh creates the files that the configuration of kubeadm names', withOpenssl, () => {
  const folder = join(temporaryDirectory(), 'pki');
  const script = join(deploy, 'kubeadm', 'certificates.sh');
  const { status, stderr } = spawnSync(script, [folder, 'tine.example', '192.0.2.10'], { encoding: 'utf8' });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  const [settings] = manifestsOf('kubeadm/cluster.yaml') as unknown as readonly KubeadmSettings[];
  const { endpoints, ...named } = settings?.etcd.external ?? assert.fail('no external etcd');
  assert.deepEqual(endpoints, ['https://tine.example:2379']);
  const certificate = (path: string): X509Certificate => new X509Certificate(readFileSync(path));
  const { caFile, certFile: clientFile, keyFile: clientKey } = named;
  const [ca, client, key] = [caFile, clientFile, clientKey].map((path) =>
    path.replace(/^\/etc\/kubernetes\/pki/, folder),
  ) as [string, string, string];
  const server = certificate(join(folder, 'etcd', 'server.crt'));
  assert.equal(server.checkHost('tine.example'), 'tine.example');
  assert.equal(server.checkIP('192.0.2.10'), '192.0.2.10');
  for (const issued of [server, certificate(client)]) assert.ok(issued.verify(certificate(ca).publicKey));
  assert.ok(certificate(client).checkPrivateKey(createPrivateKey(readFileSync(key))));
  assert.equal(statSync(key).mode & 0o077, 0);
});

interface KubeadmSettings {
  readonly etcd: {
    readonly external: {
      readonly endpoints: readonly string[];
      readonly caFile: string;
      readonly certFile: string;
      readonly keyFile: string;
    };
  };
}

/** The configuration of the unit, with the variables that an administrator adds in a file. */
function unitConfig(added: Readonly<Record<string, string>> = {}): Config {
  const text = textOf('systemd/tine.service');
  const command = /^ExecStart=\S+ (.*)$/m.exec(text)?.[1] ?? '';
  const variables = [...text.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  return configOf(command.split(' '), { ...Object.fromEntries(variables), ...added });
}

test('the systemd unit keeps data in its directory, serves metrics and waits until tine serves', () => {
  const config = unitConfig();
  assert.deepEqual(config.endpoint, { kind: 'sqlite', path: '/var/lib/tine/state.db' });
  assert.equal(config.listenAddresses.length, 1);
  assert.equal(config.metricsListenAddresses.length, 1);
  assert.match(textOf('systemd/tine.service'), /^Type=notify$/m);
});

test('a database server in the environment file of the unit replaces the file', () => {
  const { endpoint } = unitConfig({ TINE_ENDPOINT: 'postgres://tine@db1/kubernetes', TINE_DATASTORE_PASSWORD: 'x' });
  assert.equal(endpoint.kind, 'postgres');
});

test('systemd-analyze finds no fault in the unit', { skip: findOnPath('systemd-analyze') === undefined }, () => {
  // The program of the unit must exist.
  const unit = textOf('systemd/tine.service').replace('/usr/local/bin/tine', join(repositoryRoot, 'bin', 'tine'));
  const path = join(temporaryDirectory(), 'tine.service');
  writeFileSync(path, unit);
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
  assert.deepEqual({ status, output: stdout + stderr }, { status: 0, output: '' });
});

test('the container runs as another user than root, with options that tine accepts', () => {
  const text = textOf('container/Containerfile');
  const [, user = 'root'] = /^USER (\S+)$/m.exec(text) ?? [];
  assert.match(user, /^[1-9]\d*:[1-9]\d*$/);
  const { endpoint, listenAddresses, metricsListenAddresses } = configOf([], imageVariables());
  assert.deepEqual(endpoint, { kind: 'sqlite', path: '/var/lib/tine/state.db' });
  assert.equal(listenAddresses.length, 1);
  assert.equal(metricsListenAddresses.length, 1);
  const other = configOf([], { ...imageVariables(), TINE_ENDPOINT: 'postgres://tine@db1/kubernetes' });
  assert.equal(other.endpoint.kind, 'postgres');
});

test('the commands that build the container keep its health check, which OCI images do not have', () => {
  const texts = [
    textOf('container/Containerfile'),
    readFileSync(join(repositoryRoot, 'docs/guides/container.md'), 'utf8'),
  ];
  assert.match(texts[0] ?? '', /^HEALTHCHECK /m);
  for (const text of texts) {
    const commands = text.match(/\b(?:buildah|podman) build .*/g) ?? [];
    assert.ok(commands.length > 0);
    for (const command of commands) assert.match(command, / --format docker /);
  }
});

test('the container copies what exists, and downloads with npm only', () => {
  const text = textOf('container/Containerfile');
  const sources = [...text.matchAll(/^COPY (?!--)(.*) \S+$/gm)].flatMap(([, list = '']) => list.split(' '));
  assert.ok(sources.length > 5);
  for (const source of sources) assert.ok(globSync(source, { cwd: repositoryRoot }).length > 0, source);
  assert.doesNotMatch(text, /apt-get|apk |curl|wget|^ADD /m);
});

test('every flag of tine in the guides exists', () => {
  const guides = globSync('docs/guides/*.md', { cwd: repositoryRoot });
  assert.ok(guides.length >= 5);
  for (const guide of guides) {
    const text = readFileSync(join(repositoryRoot, guide), 'utf8');
    // Commands of tine, and flags that a sentence names. Other programs have flags of their own.
    const commands = [...text.matchAll(/^(?:.*\/)?tine (.*)$/gm)].map(([, rest = '']) => rest);
    const named = [...text.matchAll(/`(--[a-z][a-z-]*)`/g)].map(([, flag = '']) => flag);
    const flags = [...commands, ...named].flatMap((part) => [...part.matchAll(/(?<![\w-])--([a-z][a-z0-9-]*)/g)]);
    for (const [, flag = ''] of flags) assert.notEqual(flagShape(flag), 'unknown', `--${flag} in ${guide}`);
  }
});
