import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Cleans up after a test process that ends without its `after` hooks. A shell in a separate session
 * holds the reading end of a pipe and keeps the list of what this process started. At the end of
 * the pipe it kills and removes everything on the list.
 */
const REAPER_SCRIPT = `
pids=' '
directories=' '
while read -r verb what; do
  case $verb$pids in
    process*" $what "*) ;;
    process*) pids="$pids$what " ;;
    ended*" $what "*) pids="\${pids%% $what *} \${pids#* $what }" ;;
    directory*) directories="$directories$what " ;;
  esac
done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
sleep 0.2
for directory in $directories; do rm -rf "$directory"; done
`;

let reaper: ChildProcessByStdio<Writable, null, null> | undefined;

function tell(line: string): void {
  if (reaper === undefined) {
    reaper = spawn('sh', ['-c', REAPER_SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    reaper.stdin.on('error', () => {});
    reaper.unref();
    // The pipe must not keep the test process alive. A Socket has `unref`; its declared type here
    // lacks it.
    (reaper.stdin as unknown as { unref(): void }).unref();
  }
  reaper.stdin.write(`${line}\n`);
}

/** Kills the process when the test process has gone before the process has ended. */
export function watchChild(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  watchProcess(pid);
  child.once('exit', () => forgetProcess(pid));
}

/** The same for a process whose end the caller reports with `forgetProcess`. */
export function watchProcess(pid: number): void {
  tell(`process ${pid}`);
}

/** Call this as soon as a process has ended: its id may be reused. A second call does nothing. */
export function forgetProcess(pid: number): void {
  tell(`ended ${pid}`);
}

/**
 * Removes the directory after the test process, however that ends. Its path must not contain
 * spaces.
 */
export function watchDirectory(path: string): void {
  tell(`directory ${path}`);
}
