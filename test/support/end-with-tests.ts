/**
 * Loaded before each test file: ends its process some time after its tests when something they left open, as a failed test may, keeps
 * it alive. Node's own `forceExit` exits before the results are written: now and then a file's last ones were missing.
 */
import { after } from 'node:test';

/** After the first hook of a file's end, so that the others have time to end its servers. */
const graceMs = 15_000;
const flushMs = 500;

after(() => {
  // Node 24 may turn for ever while it frees what connections left behind that were closed under way. Registered now, after everybody else's listeners.
  process.once('exit', (status) => process.exit(status));
  setTimeout(() => {
    // The runner reports the file when the process is idle: let it become idle.
    process.emit('beforeExit', 0);
    setTimeout(() => process.exit(), flushMs);
  }, graceMs).unref();
});
