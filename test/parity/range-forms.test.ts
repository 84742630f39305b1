/** Every combination of a range's options, through every call that takes a range, beside etcd. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { http } from '../support/http.ts';
import { etcd, Server, TINE_DRIVERS } from '../support/index.ts';
import { type Canonical, canonical } from './canonical.ts';
import type { Message, Outcome } from './message.ts';
import { GrpcTarget } from './wire.ts';

/**
 * Ten keys fit into the first chunk of a RangeStream in etcd. Go also sorts ten keys without
 * changing the order of equal ones.
 */
const keys = Array.from({ length: 10 }, (_, index) => Buffer.from(`k/${index}`));
const prefix = { key: Buffer.from('k/'), range_end: Buffer.from('k0') };

/** Key, creation, modification, version and value each give another order, and some are equal. */
const history: readonly Message[] = [
  ...[3, 0, 9, 1, 8, 2, 7, 4, 6, 5].map((index) => ({ key: keys[index], value: Buffer.from(`${(index * 7) % 10}`) })),
  ...[5, 5, 2, 9, 5, 2, 0, 7].map((index) => ({ key: keys[index], value: Buffer.from(index === 7 ? '' : 'same') })),
] as readonly Message[];
/** etcd's first write is revision 2. */
const historyEnd = history.length + 1;

function allForms(): Message[] {
  const places: readonly Message[] = [
    prefix,
    { key: Buffer.from('k/4'), range_end: Buffer.from([0]) },
    { key: Buffer.from([0]), range_end: Buffer.from([0]) },
    { key: Buffer.from('k/5') },
    { key: Buffer.from('k/3'), range_end: Buffer.from('k/8') },
  ];
  const filters: readonly Message[] = [
    {},
    { min_mod_revision: 9, max_mod_revision: 14 },
    { max_create_revision: 6 },
    { min_create_revision: 4, max_mod_revision: 16 },
  ];
  const contents: readonly Message[] = [{}, { keys_only: true }, { count_only: true }];
  const forms: Message[] = [];
  for (const place of places)
    for (const filter of filters)
      for (const content of contents)
        for (const revision of [0, 13])
          for (const limit of [0, 1, 4, 100])
            for (const target of [0, 1, 2, 3, 4])
              for (const order of [0, 1, 2])
                forms.push({
                  ...place,
                  ...filter,
                  ...content,
                  ...(revision > 0 && { revision }),
                  ...(limit > 0 && { limit }),
                  ...(target > 0 && { sort_target: target }),
                  ...(order > 0 && { sort_order: order }),
                });
  // Two of every seven forms. 7 is not a factor of any list's length. All forms take four times as
  // long and have never shown another difference.
  return forms.filter((_, index) => index % 7 < 2);
}

const seen = (outcome: Outcome): Canonical => canonical(outcome, new Map());

/** The replies of a target to each form. */
async function answersOf(forms: readonly Message[], ask: (form: Message) => Promise<Outcome>): Promise<Canonical[]> {
  const answers: Canonical[] = [];
  for (let first = 0; first < forms.length; first += 40) {
    answers.push(...(await Promise.all(forms.slice(first, first + 40).map(ask))).map(seen));
  }
  return answers;
}

const operationsOfTxn = 100;

/** The replies to each form as an operation of a transaction that has written before. */
async function answersInTxns(forms: readonly Message[], target: GrpcTarget): Promise<Canonical[]> {
  const answers: Canonical[] = [];
  for (let first = 0; first < forms.length; first += operationsOfTxn) {
    const success = [
      { request_put: { key: Buffer.from('k/5'), value: Buffer.from(`${first}`) } },
      ...forms.slice(first, first + operationsOfTxn).map((form) => ({ request_range: form })),
    ];
    answers.push(seen(await target.unary('Txn', { success })));
  }
  return answers;
}

/** The reply of Range that is equivalent to a RangeStream reply from etcd. */
function merged(outcome: Outcome): Outcome {
  if ('text' in outcome) return outcome;
  const chunks = (outcome.reply.messages as readonly Message[]).map((each) => each.range_response as Message);
  return {
    code: 0,
    reply: { ...Object.assign({}, ...chunks), kvs: chunks.flatMap(({ kvs }) => (kvs ?? []) as Message[]) },
  };
}

/**
 * Whether etcd's count for RangeStream is wrong: after the last key of a sorted chunk there may be
 * keys of that chunk.
 */
function isMiscounted({ limit, sort_target: target, sort_order: order }: Message): boolean {
  return limit !== undefined && target !== undefined && order === undefined;
}

async function overGateway(server: Server, form: Message): Promise<Canonical> {
  const body = JSON.stringify(form, (_, value: { readonly type?: string; readonly data?: number[] } | unknown) => {
    const { type, data } = (value ?? {}) as { readonly type?: string; readonly data?: number[] };
    return type === 'Buffer' ? Buffer.from(data ?? []).toString('base64') : value;
  });
  const reply = await http({ port: server.port, path: '/v3/kv/range', method: 'POST', headers: {}, body });
  const { header, ...said } = JSON.parse(reply.body) as { header?: { revision?: string } };
  return { status: `${reply.status}`, said: JSON.stringify(said), revision: header?.revision ?? '' };
}

for (const driver of TINE_DRIVERS) {
  test(`tine on ${driver.name}: every form of a range gets etcd's reply in every call`, async (context) => {
    const servers = await Promise.all([Server.start({ driver: etcd }), Server.start({ driver })]);
    const targets = servers.map((server) => new GrpcTarget(server.driver.name, server.address));
    context.after(async () => {
      for (const target of targets) target.close();
      await Promise.all(servers.map((server) => server.remove()));
    });
    const forms = allForms();
    const compare = (name: string, of: readonly Message[], [etcds = [], tines = []]: readonly Canonical[][]) => {
      assert.equal(etcds.length, tines.length);
      for (const [index, expected] of etcds.entries()) {
        assert.deepEqual(tines[index], expected, `${name} ${JSON.stringify(of[index])}`);
      }
    };
    const onBoth = (ask: (target: GrpcTarget) => Promise<Canonical[]>) => Promise.all(targets.map(ask));

    for (const target of targets) for (const put of history) await target.unary('Put', put);
    const [head] = await onBoth((target) => answersOf([prefix], (form) => target.unary('Range', form)));
    assert.match(JSON.stringify(head), new RegExp(`"revision":"${historyEnd}"`));

    compare('Range', forms, await onBoth((target) => answersOf(forms, (form) => target.unary('Range', form))));

    const counted = forms.filter((form) => !isMiscounted(form));
    const stream = async (target: GrpcTarget, form: Message) => merged(await target.rangeStream(form));
    compare('RangeStream', counted, await onBoth((target) => answersOf(counted, (form) => stream(target, form))));
    // If etcd's count is wrong, its keys are right, and tine's keys equal the keys of Range.
    const miscounted = forms
      .filter(isMiscounted)
      .filter((form) => !Object.keys(form).some((name) => /^m.._/.test(name)));
    const [, ours] = targets as [GrpcTarget, GrpcTarget];
    const asRange = await answersOf(miscounted, (form) => ours.unary('Range', form));
    compare('RangeStream as Range', miscounted, [asRange, await answersOf(miscounted, (form) => stream(ours, form))]);

    const some = forms.filter((_, index) => index % 7 === 0);
    const gateway = async (server: Server) => {
      const answers: Canonical[] = [];
      for (const form of some) answers.push(await overGateway(server, form));
      return answers;
    };
    compare('gateway', some, await Promise.all(servers.map(gateway)));

    // This comparison is last, because it writes.
    compare('Txn', [], await onBoth((target) => answersInTxns(forms, target)));
  });
}
