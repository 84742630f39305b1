/**
 * Ends the process of each test file some time after its tests, when something that the tests left
 * open keeps it alive, as a failed test may. It is loaded before the file. Node's own `forceExit`
 * exits before the results are written: now and then a file's last results were missing.
 */
import { after } from 'node:test';

/** After the first hook of a file's end, so that the others have time to end its servers. */
const graceMs = 15_000;
const flushMs = 500;

after(() => {
  // Node 24 may loop for ever while it frees objects of connections that were closed under way.
  // Registered now, after all other listeners.
  process.once('exit', (status) => process.exit(status));
  setTimeout(() => {
    // The runner reports the file when the process is idle: let it become idle.
    process.emit('beforeExit', 0);
    setTimeout(() => process.exit(), flushMs);
  }, graceMs).unref();
});
