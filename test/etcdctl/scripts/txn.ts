import { lines, run, type Step } from '../step.ts';

/** The input of `txn`: compares, operations if they succeed, operations if not. */
function txn(compares: string, success: string, failure: string, flags = ''): Step {
  const part = (text: string) =>
    text
      .split(';')
      .map((line) => line.trim())
      .filter(Boolean)
      .map((line) => `${line}\n`)
      .join('');
  return run(`txn ${flags}`, { input: `${part(compares)}\n${part(success)}\n${part(failure)}\n` });
}

export const txnScript: readonly Step[] = [
  ...lines('put txn/a one'),
  txn('value("txn/a") = "one"', 'put txn/a two; get txn/a', 'get txn/b'),
  txn('value("txn/a") = "one"', 'put txn/a three', 'get txn/a; put txn/b four'),
  txn('val("txn/a") != "one"', 'get txn/a', 'get txn/b'),
  txn('value("txn/a") < "z"; value("txn/a") > "a"', 'get txn/ --prefix', ''),
  txn('version("txn/a") = "2"', 'del txn/b --prev-kv', 'get txn/b'),
  txn('ver("txn/a") > "100"', '', 'get txn/a --keys-only'),
  txn('create("txn/never") = "0"', 'put txn/never 1', 'put txn/never 2'),
  txn('c("txn/never") = "0"', 'put txn/never 1', 'put txn/never 2'),
  txn('mod("txn/a") > "{revision}"', '', 'get txn/a --rev={revision-1}'),
  txn('m("txn/a") < "{revision+1}"', 'get txn/a --limit=1', ''),
  txn('', 'put txn/x 1; put txn/y 2; del txn/x; get txn/ --prefix --keys-only', ''),
  txn('', '', ''),
  txn('', 'get txn/ --prefix --order=DESCEND --sort-by=VALUE', ''),
  txn('', 'put txn/same 1; put txn/same 2', ''),
  txn('', 'get txn/a --rev=99999999', ''),
  txn('', 'put txn/never2 --ignore-value', ''),
  txn('', 'put txn/a x --lease=7fffffff', ''),
  txn('', Array.from({ length: 129 }, (_, index) => `put many/${index} x`).join(';'), ''),
  txn('', 'put txn/i 1 --prev-kv; put txn/a 5 --prev-kv', '', '--interactive'),
  txn('value("txn/a") = "5"', 'get txn/a', 'get txn/a', '-i'),
  txn('nothing("txn/a") = "5"', '', ''),
  txn('value(txn/a) = "5"', '', ''),
  txn('version("txn/a") = "five"', '', ''),
  txn('', 'watch txn/a', ''),
  txn('', 'put', ''),
  run('txn argument'),
  run('txn', { input: 'value("txn/a") = "5"\n' }),
  run('txn --hex', { input: '\nget txn/a\n\n\n' }),
];
