/** The programs that tine is compared with, in versions that Debian does not have: built once from their published modules, where Go is new enough. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath, peersDirectory, repositoryRoot } from './paths.ts';

/** What etcd's modules ask for. */
const goMinorMin = 26;

/** Compiling etcd and downloading what it imports takes two minutes on two cores; what takes ten hangs. */
const buildTimeoutMs = 600_000;

interface Peer {
  readonly program: string;
  /** Arguments of `go`, run in test/peers. */
  readonly build: (path: string) => readonly string[];
}

const peers: readonly Peer[] = [
  { program: 'etcd', build: (path) => ['build', '-o', path, 'go.etcd.io/etcd/server/v3'] },
  { program: 'etcdctl', build: (path) => ['build', '-o', path, 'go.etcd.io/etcd/etcdctl/v3'] },
  { program: 'etcdutl', build: (path) => ['build', '-o', path, 'go.etcd.io/etcd/etcdutl/v3'] },
];

/** Builds what is not there yet and puts it first on PATH. Without them tests compare with Debian's etcd 3.4; those that need more say so. */
export async function providePeers(signal: AbortSignal): Promise<void> {
  const missing = peers.filter(({ program }) => !existsSync(join(peersDirectory, program)));
  const failure = missing.length === 0 ? undefined : await build(missing, signal);
  if (failure !== undefined) console.log(`test: etcd 3.7 is not built: ${failure}`);
  process.env.PATH = `${peersDirectory}${delimiter}${process.env.PATH ?? ''}`;
}

/** Why they cannot be built; undefined: they are. */
async function build(missing: readonly Peer[], signal: AbortSignal): Promise<string | undefined> {
  const go = findOnPath('go');
  if (go === undefined || minorOf(go) < goMinorMin) return `there is no Go 1.${goMinorMin} or newer`;
  mkdirSync(peersDirectory, { recursive: true });
  console.log(`test: building ${missing.map(({ program }) => program).join(', ')} with Go`);
  for (const { program, build } of missing) {
    const building = promisify(execFile)(go, build(join(peersDirectory, program)), {
      cwd: join(repositoryRoot, 'test', 'peers'),
      env: { ...process.env, GOFLAGS: '-mod=readonly' },
      timeout: buildTimeoutMs,
      signal,
    });
    const failure = await building.then(
      () => undefined,
      ({ stderr, message }) => String(stderr || message),
    );
    if (failure !== undefined) return `${program}: ${failure.trim().split('\n').at(-1)}`;
  }
  return undefined;
}

function minorOf(go: string): number {
  const { stdout } = spawnSync(go, ['env', 'GOVERSION'], { encoding: 'utf8' });
  return Number(/^go1\.(\d+)/.exec(stdout ?? '')?.[1] ?? 0);
}
