import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Exit, exitOf } from './exit.ts';
import { waitFor } from './wait.ts';

export interface SmallDisk {
  /** An existing directory, on which the disk is mounted. */
  readonly directory: string;
  readonly bytes: number;
  /**
   * The user who runs the program and owns the disk, when root starts it: some programs refuse to
   * run as root.
   */
  readonly unprivileged?: { readonly uid: number; readonly gid: number };
}

/**
 * The beginning of a command that gives the program after it a separate disk: in memory, visible to
 * that program only, and removed with it. It needs Linux and util-linux. A user who is not root
 * needs a kernel that lets users have namespaces.
 */
export function onSmallDisk({ directory, bytes, unprivileged }: SmallDisk): string[] {
  const isRoot = process.getuid?.() === 0;
  const options = isRoot ? ['--mount'] : ['--mount', '--map-root-user'];
  const { status, stderr } = spawnSync('unshare', [...options, 'true'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`a disk of its own for a test takes root, or user namespaces: ${stderr}`);
  const script = 'mount -t tmpfs -o "$0" tmpfs "$1" && shift && exec "$@"';
  const begin = (mountOptions: string) => ['unshare', ...options, 'sh', '-c', script, mountOptions, directory];
  if (unprivileged === undefined) return begin(`size=${bytes}`);
  const { uid, gid } = unprivileged;
  if (!isRoot) return [...begin(`size=${bytes}`), 'unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`];
  const become = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  return [...begin(`size=${bytes},uid=${uid},gid=${gid},mode=0700`), ...become];
}

/**
 * A small disk that stays while the programs on it end and start again. A process that does nothing
 * else keeps it.
 */
export class KeptDisk {
  readonly #keeper: ChildProcess;
  readonly #exit: Promise<Exit>;
  readonly #unprivileged: SmallDisk['unprivileged'];

  private constructor(keeper: ChildProcess, unprivileged: SmallDisk['unprivileged']) {
    this.#keeper = keeper;
    this.#exit = exitOf(keeper);
    this.#unprivileged = unprivileged;
  }

  static async mount(disk: SmallDisk): Promise<KeptDisk> {
    const [program = '', ...options] = onSmallDisk(disk);
    const keeper = spawn(program, [...options, 'sleep', 'infinity'], { stdio: 'ignore' });
    const kept = new KeptDisk(keeper, disk.unprivileged);
    await waitFor('the small disk', () =>
      readFileSync(`/proc/${kept.pid}/mountinfo`, 'utf8').includes(` ${disk.directory} `),
    );
    return kept;
  }

  /** The id of the process that keeps the disk. */
  get pid(): number {
    const { pid } = this.#keeper;
    if (pid === undefined) throw new Error('the small disk is not mounted');
    return pid;
  }

  /** The beginning of a command that puts the program after it on the disk. */
  get command(): string[] {
    const target = ['nsenter', `--target=${this.pid}`, '--mount'];
    if (process.getuid?.() !== 0) return [...target, '--user', '--preserve-credentials'];
    if (this.#unprivileged === undefined) return target;
    const { uid, gid } = this.#unprivileged;
    return [...target, 'setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  }

  async remove(): Promise<void> {
    this.#keeper.kill('SIGKILL');
    await this.#exit;
  }
}

/** A file that fills the small disk of a program, and frees it again. */
export class Ballast {
  readonly #path: string;

  constructor({ pid, directory }: { readonly pid: number; readonly directory: string }) {
    this.#path = join(`/proc/${pid}/root`, directory, 'ballast');
  }

  /** Fills this number of bytes, or all. */
  take(bytes = Number.POSITIVE_INFINITY): void {
    const piece = Buffer.alloc(64 * 1024);
    try {
      for (let taken = 0; taken < bytes; taken += piece.length) writeFileSync(this.#path, piece, { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  giveBack(): void {
    rmSync(this.#path, { force: true });
  }
}
