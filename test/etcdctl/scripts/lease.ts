import { lines, prints, run, type Step, start, stop } from '../step.ts';

export const leaseScript: readonly Step[] = [
  run('lease list'),
  run('lease grant 1000', { grants: 'one' }),
  run('lease grant 2000', { grants: 'two' }),
  ...lines(`
    lease list
    put leased/a 1 --lease={lease:one}
    put leased/b 2 --lease={lease:one}
    put leased/c 3 --lease={lease:two}
    get leased/ --prefix
    get leased/ --prefix --hex
    put leased/a 2 --ignore-lease
    lease timetolive {lease:one}
    lease timetolive {lease:two} --keys
    lease timetolive {lease:two} --keys --hex
    put leased/a --ignore-value --lease={lease:two}
    lease timetolive {lease:one} --keys
    get leased/ --prefix
    lease timetolive 123
    lease timetolive 123 --keys
    lease timetolive nothex
    lease timetolive
    lease keep-alive {lease:one} --once
    lease keep-alive 123 --once
    lease keep-alive nothex --once
    lease keep-alive --once
  `),
  start('keeping', 'lease keep-alive {lease:one}'),
  prints('keeping'),
  stop('keeping'),
  ...lines(`
    lease revoke {lease:one}
    lease revoke {lease:one}
    lease revoke nothex
    lease revoke
    lease list --hex
    get leased/ --prefix
    lease revoke {lease:two}
    get leased/ --prefix
    lease list
    lease timetolive {lease:two}
    lease grant -1
    lease grant 9000000001
    lease grant many
    lease grant
    lease
  `),
  run('lease grant 0', { grants: 'none' }),
  run('lease revoke {lease:none}'),
  run('lease grant 1', { grants: 'short' }),
  run('lease revoke {lease:short}'),
];
