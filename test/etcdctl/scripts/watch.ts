import { lines, prints, run, type Step, say, start, stop } from '../step.ts';

/**
 * A write, and the output of watches for it: the header of an event has the revision that is
 * current when the event is sent.
 */
function seenBy(watches: readonly string[], write: string): Step[] {
  return [run(write), ...watches.map((watch) => prints(watch))];
}

const all = ['one key', 'prefix', 'range', 'hex'];

const plain: readonly Step[] = [
  start('one key', 'watch watch/a --rev={revision+1}'),
  start('prefix', 'watch watch/ --prefix --prev-kv --rev={revision+1}'),
  start('range', 'watch watch/a watch/c --rev={revision+1}'),
  start('hex', 'watch watch/a --hex --rev={revision+1}'),
  ...seenBy(all, 'put watch/a 1'),
  ...seenBy(all, 'put watch/a 2'),
  ...seenBy(['prefix', 'range'], 'put watch/b 3'),
  ...seenBy(all, 'del watch/a'),
  ...seenBy(['prefix'], 'put watch/c 4'),
  ...seenBy(all, 'put watch/a 5'),
  stop('one key'),
  stop('prefix', 'SIGTERM'),
  stop('range'),
  stop('hex'),
  // From a past revision, with the events of one transaction together.
  run('txn', { input: '\nput watch/x 1\nput watch/y 2\ndel watch/c\n\n\n' }),
  start('past', 'watch watch/ --prefix --rev={revision-5}'),
  prints('past'),
  stop('past'),
];

const refused: readonly Step[] = lines(`
  watch
  watch watch/a watch/b --prefix
  watch watch/a --rev=many
  watch watch/a --rev=1
`);

const commands: readonly Step[] = [
  start(
    'exec',
    'watch watch/exec --rev={revision+1} -- printenv ETCD_WATCH_KEY ETCD_WATCH_EVENT_TYPE ETCD_WATCH_VALUE',
  ),
  ...lines('put watch/exec run'),
  prints('exec', '"PUT"\n"run"'),
  stop('exec'),
  start('failing', 'watch watch/exec --rev={revision+1} -- false'),
  ...lines('put watch/exec again'),
  stop('failing', 'itself'),
  start('environment', 'watch --rev={revision+1}', { environment: { ETCDCTL_WATCH_KEY: 'watch/env' } }),
  ...lines('put watch/env variable'),
  prints('environment', 'variable'),
  stop('environment'),
  run('watch', { environment: { ETCDCTL_WATCH_RANGE_END: 'x' } }),
  run('watch watch/a', { environment: { ETCDCTL_WATCH_KEY: 'watch/env' } }),
];

const interactive: readonly Step[] = [
  start('interactive', 'watch --interactive'),
  say('interactive', 'watch watch/i --rev={revision+1}\n'),
  say('interactive', 'watch watch/j --prefix --prev-kv --rev={revision+1}\n'),
  say('interactive', 'nonsense\n'),
  say('interactive', 'watch\n'),
  ...seenBy(['interactive'], 'put watch/i interactive'),
  ...seenBy(['interactive'], 'put watch/j1 prefixed'),
  ...seenBy(['interactive'], 'del watch/j1'),
  stop('interactive', 'end of input'),
  start('progress', 'watch -i'),
  say('progress', 'watch watch/p --rev={revision+1}\n'),
  ...lines('put watch/p asked'),
  prints('progress', 'asked'),
  say('progress', 'progress\n'),
  prints('progress', 'progress notify'),
  stop('progress'),
  start('notified', 'watch watch/n --progress-notify --rev={revision+1}'),
  ...lines('put watch/n notified'),
  prints('notified', 'notified'),
  stop('notified'),
];

export const watchScript: readonly Step[] = [...plain, ...refused, ...commands, ...interactive];
