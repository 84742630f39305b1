/**
 * The programs that tine is compared with: etcd 3.7 and its tools; and a server of S3-compatible
 * storage. They are named by a variable, found on PATH, or built once from their published modules.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { printedVersion, type VersionQuestion } from './etcd-version.ts';
import { provideGo } from './go-toolchain.ts';
import { findOnPath, goPrograms, peersDirectory, repositoryRoot } from './paths.ts';

/** tine's replies equal etcd 3.7's; older versions reply differently. */
const etcdMinorMin = 7;

/** The Go version that etcd's modules require. */
const goMinorMin = 26;

/**
 * Downloading and compiling etcd takes two minutes on two cores; ten minutes mean that it is
 * blocked.
 */
const buildTimeoutMs = 600_000;

interface Peer {
  readonly program: string;
  /** The variable that names a program, which then takes precedence. */
  readonly variable: string;
  readonly module: string;
  /** The Go module in test/ whose tool it is. */
  readonly directory: string;
  /** Undefined: every version is accepted. */
  readonly versionQuestion: VersionQuestion | undefined;
  /** The test files that use it. Undefined: many. */
  readonly files?: RegExp;
}

const peers: readonly Peer[] = [
  {
    program: 'etcd',
    variable: 'TINE_TEST_ETCD',
    module: 'go.etcd.io/etcd/server/v3',
    directory: 'peers',
    versionQuestion: '--version',
  },
  {
    program: 'etcdctl',
    variable: 'TINE_TEST_ETCDCTL',
    module: 'go.etcd.io/etcd/etcdctl/v3',
    directory: 'peers',
    versionQuestion: 'version',
  },
  {
    program: 'etcdutl',
    variable: 'TINE_TEST_ETCDUTL',
    module: 'go.etcd.io/etcd/etcdutl/v3',
    directory: 'peers',
    versionQuestion: 'version',
  },
  {
    program: 'versitygw',
    variable: 'TINE_TEST_VERSITYGW',
    module: 'github.com/versity/versitygw/cmd/versitygw',
    directory: 'object-storage',
    versionQuestion: undefined,
    files: /^test\/snapshot\/storage/,
  },
];

/**
 * The programs that these test files use and that are not on this machine. They must be built
 * before tests run.
 *
 * @throws Error if a named program is too old.
 */
export function missingPeers(files: readonly string[]): readonly Peer[] {
  return peers.filter((peer) => isUsed(peer, files) && !isHere(peer));
}

/**
 * The Go that builds missing programs: of this machine, or downloaded.
 *
 * @throws Error with the program or setting that is needed, where there is no Go to be had.
 */
export async function goFor(missing: readonly Peer[], signal: AbortSignal): Promise<string> {
  const found = goPrograms().find((path) => minorOf(path) >= goMinorMin);
  if (found !== undefined) return found;
  try {
    return await provideGo(goMinorMin, signal);
  } catch (error) {
    const programs = missing.map(({ program }) => program).join(', ');
    const variables = missing.map(({ variable }) => variable).join(', ');
    throw new Error(
      `the tests use etcd 3.${etcdMinorMin} and other programs, of which this machine has no ${programs}: ${(error as Error).message}; or name them (${variables})`,
      { cause: error },
    );
  }
}

/** @throws Error with the reason if one of them cannot be built. */
export async function buildPeers(go: string, missing: readonly Peer[], signal: AbortSignal): Promise<void> {
  mkdirSync(peersDirectory, { recursive: true });
  console.log(`test: building ${missing.map(({ program }) => program).join(', ')} with Go`);
  for (const { program, variable, module, directory } of missing) {
    const building = promisify(execFile)(go, ['build', '-o', join(peersDirectory, program), module], {
      cwd: join(repositoryRoot, 'test', directory),
      env: { ...process.env, GOFLAGS: '-mod=readonly' },
      timeout: buildTimeoutMs,
      signal,
    });
    await building.catch(({ stderr, message }) => {
      const reason = String(stderr || message).trim();
      throw new Error(
        `${go} does not build ${program}, which ${variable} can name instead: ${reason.split('\n').at(-1)}`,
      );
    });
  }
}

function isUsed({ files: users }: Peer, files: readonly string[]): boolean {
  return users === undefined || files.some((file) => users.test(file));
}

/** Whether tests have the program: named, built before, or on PATH in a sufficient version. */
function isHere(peer: Peer): boolean {
  const named = process.env[peer.variable];
  if (named) {
    requireNewEnough(peer, named);
    return true;
  }
  if (existsSync(join(peersDirectory, peer.program))) return true;
  const found = findOnPath(peer.program);
  return found !== undefined && isNewEnough(peer, found);
}

/**
 * A named program is never replaced by another.
 * @throws Error if it is too old or another program.
 */
function requireNewEnough(peer: Peer, path: string): void {
  const { program, variable, versionQuestion } = peer;
  if (versionQuestion === undefined || isNewEnough(peer, path)) return;
  const version = printedVersion(path, versionQuestion);
  const what = version === undefined ? `no ${program}` : `${program} ${version}`;
  throw new Error(`${variable} names ${path}, which is ${what}: tine is compared with etcd 3.${etcdMinorMin} or newer`);
}

function isNewEnough({ versionQuestion }: Peer, path: string): boolean {
  if (versionQuestion === undefined) return true;
  const [major = 0, minor = 0] = (printedVersion(path, versionQuestion) ?? '').split('.').map(Number);
  return major > 3 || (major === 3 && minor >= etcdMinorMin);
}

function minorOf(go: string): number {
  const { stdout } = spawnSync(go, ['env', 'GOVERSION'], { encoding: 'utf8' });
  return Number(/^go1\.(\d+)/.exec(stdout ?? '')?.[1] ?? 0);
}
