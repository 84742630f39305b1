import { lines, run, type Step } from '../step.ts';

const puts: readonly Step[] = [
  ...lines(`
    put kv/a first
    put kv/a second
    put kv/a third --prev-kv
    put kv/b 2
    put kv/c 1
    put kv/d/e nested
    put kv/b --ignore-value
    put kv/b --ignore-value --prev-kv
    put kv/never --ignore-value
    put kv/b 3 --ignore-lease
    put kv/never x --ignore-lease
    put kv/a x --lease=7fffffff
    put kv/a x --lease=nothex
    put kv/a --ignore-value x
    put
  `),
  run('put kv/stdin', { input: 'from standard input\nof two lines' }),
  run('put kv/stdin', { input: '' }),
  run(['put', 'kv/empty', '']),
  run(['put', '', 'a key is never empty']),
  run(['put', '--', 'kv/dash', '-value']),
  run(['put', 'kv/bytes', 'é\ttab \x01 and "quotes"']),
  run(['put', 'kv/bytes', 'hex', '--prev-kv', '--hex']),
  run(['put', 'kv/large', 'x'.repeat(100_000)]),
];

const gets: readonly Step[] = [
  ...lines(`
    get kv/a
    get kv/none
    get kv/a kv/c
    get kv/c kv/a
    get kv/ --prefix
    get kv/ --prefix --keys-only
    get kv/ --prefix --count-only
    get kv/ --prefix --keys-only --count-only
    get kv/ --prefix --print-value-only
    get kv/a --print-value-only
    get kv/ --prefix --limit=2
    get kv/ --prefix --limit=2 --count-only
    get kv/ --prefix --limit=2 --keys-only
    get kv/b --from-key --limit=3
    get kv/b --from-key --prefix
    get kv/a kv/b --prefix
    get kv/ --prefix --keys-only --order=DESCEND
    get kv/ --prefix --keys-only --order=ASCEND
    get kv/ --prefix --keys-only --order=descend --sort-by=create
    get kv/ --prefix --keys-only --sort-by=CREATE
    get kv/ --prefix --keys-only --sort-by=KEY --order=DESCEND
    get kv/ --prefix --keys-only --sort-by=MODIFY --order=DESCEND
    get kv/ --prefix --keys-only --sort-by=MODIFY --limit=2
    get kv/ --prefix --keys-only --sort-by=VALUE --order=ASCEND
    get kv/ --prefix --keys-only --sort-by=VERSION --order=DESCEND --limit=3
    get kv/ --prefix --sort-by=nothing
    get kv/ --prefix --order=nothing
    get kv/a --rev={revision-1}
    get kv/a --rev={revision}
    get kv/a --rev={revision+1}
    get kv/a --rev=99999999
    get kv/ --prefix --keys-only --rev={revision-6}
    get kv/a --consistency=s
    get kv/a --consistency=l
    get kv/ --prefix --consistency=s --keys-only
    get kv/a --consistency=x
    get kv/ --prefix --keys-only --min-mod-rev={revision-4}
    get kv/ --prefix --keys-only --max-mod-rev={revision-4}
    get kv/ --prefix --keys-only --min-create-rev={revision-4}
    get kv/ --prefix --keys-only --max-create-rev={revision-4}
    get kv/ --prefix --min-mod-rev={revision-5} --max-mod-rev={revision-3} --count-only
    get kv/ --prefix --min-mod-rev=5 --max-mod-rev=3
    get kv/ --prefix --min-create-rev=5 --max-create-rev=3
    get kv/bytes --hex
    get kv/a --hex --print-value-only
    get
    get kv/a kv/b kv/c
    get kv/a --limit=many
    get kv/a --nothing
    get kv/ --prefix --stream
    get kv/ --prefix --stream --keys-only --rev={revision-2}
    get kv/a --stream --limit=1
    get kv/ --prefix --stream --order=DESCEND
    get kv/ --prefix --stream --count-only
    get kv/ --stream --rev=99999999
  `),
  run(['get', '']),
  run(['get', '', '--prefix', '--keys-only', '--limit=1']),
  run(['get', '', '--from-key', '--keys-only', '--limit=1']),
];

const deletes: readonly Step[] = [
  ...lines(`
    del kv/none
    del kv/d/e
    del kv/d/e --prev-kv
    put del/a 1
    put del/b 2
    put del/c 3
    put del/d 4
    put del/e 5
    del del/a --prev-kv
    del del/b del/c
    del del/b del/d --range
    del del/d --range
    del del/ --prefix --prev-kv
    del del/ --prefix
    put zz/a 1
    put zz/b 2
    del zz/a --from-key
    del zz/a --from-key --prefix
    del zz/a zz/b --prefix
    del zz/a zz/b --from-key
    del
    del a b c
  `),
  run(['del', '']),
];

const compactions: readonly Step[] = lines(`
  put compact/a 1
  put compact/a 2
  put compact/a 3
  compaction {revision-1}
  get compact/a --rev={revision-2}
  get compact/a --rev={revision-1}
  compaction {revision-1}
  compaction {revision-2}
  compaction {revision+1}
  compaction 99999999
  compaction {revision} --physical
  compaction --physical
  compaction notanumber
  compaction 1 2
  watch compact/a --rev=1 --
`);

const tooLarge: readonly Step[] = [
  run('put kv/large', { input: 'x'.repeat(1_700_000) }),
  run('put kv/large --max-request-bytes=1000', { input: 'x'.repeat(2_000) }),
  run('get kv/large --max-recv-bytes=1000'),
];

export const kvScript: readonly Step[] = [...puts, ...gets, ...deletes, ...compactions, ...tooLarge];
