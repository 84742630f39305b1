import { holds, lines, run, type Step, start, stop } from '../step.ts';

const mirrors: readonly Step[] = [
  ...lines('put mirror/a 1'),
  start('mirror', 'make-mirror --prefix=mirror/ --dest-prefix=copy/ {destination-flags} {endpoint}'),
  holds('copy/', 1),
  ...lines('put mirror/b 2'),
  holds('copy/', 2),
  run('txn', { input: '\nput mirror/c 3\nput mirror/d 4\ndel mirror/a\n\n\n' }),
  holds('copy/', 3),
  stop('mirror'),
  run('get copy/ --prefix'),
  start(
    'part',
    'make-mirror --prefix=mirror/ --dest-prefix=part/ --rev={revision} --max-txn-ops=1 {destination-flags} {endpoint}',
  ),
  run('txn', { input: '\nput mirror/e 5\nput mirror/f 6\n\n\n' }),
  holds('part/', 2),
  stop('part'),
  run('get part/ --prefix'),
  start('root', 'make-mirror --prefix=mirror/ --no-dest-prefix {destination-flags} {endpoint}'),
  holds('f', 1),
  stop('root'),
  ...lines(`
    get f --print-value-only
    make-mirror --no-dest-prefix --dest-prefix=copy/ {endpoint}
    make-mirror
  `),
];

const others: readonly Step[] = lines(`
  version
  options
  completion bash
  help
  nonsense
  get kv/a --write-out=nonsense
  check perf --load=nonsense
  check perf --prefix=kv/
  check datascale --load=nonsense
  check datascale --prefix=kv/
  check
`);

export const utilityScript: readonly Step[] = [...mirrors, ...others];
