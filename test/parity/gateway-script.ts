/** A request of a script that runs against two servers. */
export interface GatewayStep {
  readonly path: string;
  /**
   * JSON as it is sent, or a value to encode. A list of pieces is for a stream that continues until
   * it has answered `lines` lines.
   */
  readonly body?: unknown;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The first lines of the reply are compared, then the client closes the connection. */
  readonly lines?: number;
  /**
   * The token or the server's own state in the reply cannot be equal. Only status and headers are
   * compared.
   */
  readonly isBodyOwn?: true;
}

/** In a header: the last token that the server returned. */
export const lastToken = '{token}';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const lease = '7587870240000000001';

function posts(path: string, bodies: readonly unknown[]): readonly GatewayStep[] {
  return bodies.map((body) => ({ path, body }));
}

const range = '/v3/kv/range';

const keyValues: readonly GatewayStep[] = [
  ...posts('/v3/kv/put', [
    { key: base64('a'), value: base64('1') },
    { key: base64('a'), value: base64('2'), prev_kv: true },
    { key: base64('b'), value: base64('\u0000\uffff') },
    { key: base64('c') },
    { key: base64('c'), ignore_value: true, ignore_lease: true, prevKv: true },
    { key: base64('nobody'), ignore_value: true },
    { key: base64('a'), value: base64('3'), lease: '99' },
    { value: base64('3') },
    {},
  ]),
  ...posts(range, [
    { key: base64('a') },
    { key: base64('a'), range_end: base64('z') },
    { key: base64('a'), rangeEnd: base64('z'), limit: 2, sort_order: 'DESCEND', sort_target: 'MOD' },
    { key: 'AA==', range_end: 'AA==', keys_only: true },
    { key: 'AA==', range_end: 'AA==', countOnly: true },
    { key: base64('a'), revision: '2' },
    { key: base64('a'), revision: 1_000_000 },
    { key: base64('a'), revision: -1 },
    { key: base64('a'), min_mod_revision: '3', max_create_revision: '2' },
    { key: base64('a'), sort_order: 9 },
    { key: base64('a'), sort_order: 'SIDEWAYS' },
    { key: base64('a'), limit: '1e0', nobody: { knows: [null, '}'] } },
    { key: null },
    '',
    ' \n ',
    'null',
    '[{}]',
    '"text"',
    '{} trailing }{',
  ]),
  ...posts('/v3/kv/txn', [
    {
      compare: [{ key: base64('a'), target: 'VERSION', result: 'GREATER', version: '1' }],
      success: [
        { request_put: { key: base64('t'), value: base64('1') } },
        { requestRange: { key: base64('t') } },
        { request_delete_range: { key: base64('c'), prev_kv: true } },
        { request_txn: { failure: [], success: [{ request_range: { key: base64('a'), keys_only: true } }] } },
      ],
    },
    { compare: [{ key: base64('a'), target: 3, value: base64('9') }], failure: [{ request_range: { key: 'YQ==' } }] },
    { compare: [{ key: base64('a'), target: 'LEASE', lease: 0, range_end: base64('z') }] },
    { success: [{ request_put: { key: 'YQ==' } }, { request_put: { key: 'YQ==' } }] },
    { success: [{}] },
    { compare: [{}] },
    {},
    { compare: {} },
    { compare: [null] },
    { compare: [{ version: '1', value: 'YQ==' }] },
    { compare: [{ version: null, value: 'YQ==' }] },
    { success: [{ request_put: 'x' }] },
    { success: 'x' },
  ]),
  ...posts('/v3/kv/deleterange', [{ key: base64('t') }, { key: base64('t') }, { key: base64('b'), prev_kv: true }, {}]),
  ...posts('/v3/kv/compaction', [{ revision: 4, physical: true }, { revision: '4' }, { revision: 100 }, {}]),
  ...posts(range, [{ key: base64('a'), revision: 2 }]),
];

/** Errors in JSON, in values, and in HTTP requests. */
const mistakes: readonly GatewayStep[] = [
  ...posts(range, [
    '{"key":',
    '}',
    '{"a"}',
    '{a:1}',
    '{"key":"Zm9v",}',
    '{"limit":01}',
    '{"limit":1.}',
    '{"limit":--1}',
    '{"limit":1e+}',
    '{"limit":tRue}',
    'tru',
    'trux',
    '{"a":[1,2}',
    '{"a" 1}',
    '{"key":"a',
    '{"key":"\\q"}',
    '{"key":"\\u00g0"}',
    '{"key":"\n"}',
    'é',
    '\x01',
    '{"key":"!!"}',
    '{"key":"Z"}',
    '{"key":"Zm=v"}',
    '{"key":"Zm9"}',
    '{"key":"Zm-_"}',
    '{"key":"Zm-/"}',
    '{"key":"Zm\\n9v"}',
    '{"key":5}',
    '{"key":[1]}',
    '{"key":{}}',
    '{"key":true}',
    '{"key":"\\ud800"}',
    '{"key":"\\ud83d\\ude00"}',
    '{"key":"Zm9v","key":"Zm9v"}',
    '{"key":"Zm9v","range_end":"","rangeEnd":""}',
    '{"limit":5.5}',
    '{"limit":"x","key":"é"}',
    '{"é":1,\n "limit":"x"}',
    '{"limit":"9223372036854775808"}',
    '{"limit":-9223372036854775809}',
    '{"limit":"12 34","key":"YQ=="}',
    '{"limit":" 12","key":"YQ=="}',
    '{"limit":"12 ","key":"YQ=="}',
    '{"limit":"12 34 ","key":"YQ=="}',
    '{"limit":"12\\n","key":"YQ=="}',
    '{"limit":"12\\u0085","key":"YQ=="}',
    '{"limit":"12\\u3000","key":"YQ=="}',
    '{"limit":"12\\ufeff","key":"YQ=="}',
    '{"limit":0.000001e7,"key":"YQ=="}',
    '{"limit":10e-1,"key":"YQ=="}',
    '{"limit":1e30}',
    '{"sort_order":true}',
    '{"sort_order":1.5}',
    '{"sort_order":4294967296}',
    '{"serializable":"true"}',
    '{"serializable":1}',
    '{"[a.b]":1,"key":"YQ=="}',
    '{"a":{"a":{"a":[[[[{"b":{}}]]]]}},"key":"YQ=="}',
  ]),
  { path: range, method: 'GET' },
  { path: range, method: 'PUT', body: {} },
  { path: range, method: 'DELETE' },
  { path: range, method: 'HEAD' },
  { path: range, method: 'OPTIONS' },
  { path: '/nowhere', method: 'OPTIONS' },
  { path: '/nowhere', method: 'GET' },
  { path: '/v3', method: 'GET' },
  { path: '/v3/', method: 'GET' },
  ...['/v3/nowhere', '/v3/kv/range/', '/v3/kv', '/v3/kv/rangestream', '/v3alpha/kv/range', '/v3//kv/range'].map(
    (path) => ({
      path,
      body: {},
    }),
  ),
  { path: '/v3beta/kv/range', body: { key: 'YQ==' } },
  { path: '/v3/kv/%72ange', body: { key: 'YQ==' } },
  { path: '/v3/kv/range?key=YQ==', body: { key: 'YQ==' } },
  ...['1n', '1x', 'S', '-5S', '0S', '99999999S', '20S'].map((timeout) => ({
    path: range,
    body: { key: 'YQ==' },
    headers: { 'grpc-timeout': timeout },
  })),
  { path: range, body: { key: 'YQ==' }, headers: { te: 'trailers' } },
  { path: range, body: {}, headers: { te: 'trailers' } },
  { path: range, body: 'x', headers: { te: 'trailers' } },
  { path: range, body: { key: 'YQ==' }, headers: { 'grpc-metadata-a-bin': '%' } },
  { path: range, body: { key: 'YQ==' }, headers: { 'grpc-metadata-a-bin': 'YWI=', 'content-type': 'text/plain' } },
  {
    path: range,
    body: { key: 'YQ==' },
    headers: { 'x-http-method-override': 'get', 'content-type': 'application/x-www-form-urlencoded' },
  },
  { path: range, body: { key: 'YQ==' }, headers: { origin: 'http://page.example' } },
  { path: '/v3/kv/put', body: { key: 'YQ==', value: Buffer.alloc(1_800_000).toString('base64') } },
  { path: '/v3/kv/put', body: { key: 'YQ==', value: Buffer.alloc(2_200_000).toString('base64') } },
];

const leases: readonly GatewayStep[] = [
  ...posts('/v3/lease/grant', [
    { ID: lease, TTL: 100 },
    { ID: lease, TTL: 100 },
    { ID: 6, TTL: '-1' },
    { TTL: '9000000001' },
  ]),
  ...posts('/v3/lease/revoke', [{ ID: 6 }]),
  ...posts('/v3/kv/put', [{ key: base64('l'), lease }]),
  ...posts('/v3/lease/timetolive', [{ ID: lease, keys: true }, { ID: 5 }, `{"ID":${lease}}`]),
  ...posts('/v3/kv/lease/timetolive', [{ ID: lease, keys: true }]),
  ...posts('/v3/lease/keepalive', [
    { ID: lease },
    `{"ID":"${lease}"}{"ID":1}`,
    '',
    'x',
    `{"ID":"${lease}"} {"ID":"x"}`,
  ]),
  ...posts('/v3/lease/leases', [{}]),
  ...posts('/v3/kv/lease/leases', ['']),
  ...posts('/v3/lease/revoke', [{ ID: lease }, { ID: lease }, {}]),
  ...posts('/v3/kv/lease/revoke', [{ ID: lease }]),
];

const watches: readonly GatewayStep[] = [
  { path: '/v3/watch', body: { create_request: { key: base64('a'), start_revision: '5' } }, lines: 1 },
  {
    path: '/v3/watch',
    body: { create_request: { key: 'AA==', range_end: 'AA==', start_revision: '7', prev_kv: true, watch_id: '3' } },
    lines: 2,
  },
  {
    path: '/v3/watch',
    body: [
      { create_request: { key: base64('a'), watch_id: '3' } },
      { createRequest: { key: base64('b'), watchId: 3 } },
    ],
    lines: 2,
  },
  {
    path: '/v3/watch',
    body: [{ create_request: { key: base64('a'), filters: ['NOPUT', 1] } }, { progress_request: {} }],
    lines: 2,
  },
  {
    path: '/v3/watch',
    body: [{ create_request: { key: base64('a') } }, { cancel_request: { watch_id: '0' } }],
    lines: 2,
  },
  { path: '/v3/watch', body: { create_request: { key: base64('a'), start_revision: '2' } }, lines: 2 },
  { path: '/v3/watch', body: '', headers: { 'grpc-timeout': '300m' } },
  { path: '/v3/watch', body: '{"create_request":{"key":"!"}}', headers: { 'grpc-timeout': '300m' } },
  { path: '/v3/watch', body: { create_request: { key: 'YQ==' } }, headers: { 'grpc-timeout': '300m' } },
  { path: '/v3/watch', body: {}, headers: { 'grpc-timeout': '1x' } },
  { path: '/v3/watch', method: 'GET' },
];

const locks: readonly GatewayStep[] = [
  ...posts('/v3/lease/grant', [{ ID: lease, TTL: 100 }]),
  ...posts('/v3/lock/lock', [{ name: base64('lock'), lease }, { name: base64('lock'), lease: '5' }, { name: '!' }]),
  ...posts('/v3/lock/unlock', [{ key: base64('nobody') }]),
  ...posts('/v3/election/leader', [{ name: base64('crown') }]),
  ...posts('/v3/election/campaign', [{ name: base64('crown'), lease, value: base64('me') }]),
  ...posts('/v3/election/leader', [{ name: base64('crown') }]),
  { path: '/v3/election/observe', body: { name: base64('crown') }, lines: 1 },
  { path: '/v3/election/observe', body: { name: '!' } },
  ...posts('/v3/election/proclaim', [{}, 'x']),
  ...posts('/v3/election/resign', [{}]),
  ...posts('/v3/lease/revoke', [{ ID: lease }]),
];

const maintenance: readonly GatewayStep[] = [
  ...posts('/v3/maintenance/alarm', [{}, { action: 'GET' }, { action: 'ACTIVATE', alarm: 'NOSPACE', memberID: 1 }]),
  ...posts('/v3/maintenance/alarm', [{ action: 2, alarm: 1, memberID: 1 }, {}]),
  { path: '/v3/maintenance/status', body: {}, isBodyOwn: true },
  { path: '/v3/maintenance/snapshot', body: '{}', isBodyOwn: true },
  { path: '/v3/maintenance/snapshot', body: 'x' },
  { path: '/v3/cluster/member/list', body: {}, isBodyOwn: true },
  { path: '/v3/maintenance/hashkv', body: {}, isBodyOwn: true },
  { path: '/v3/maintenance/hashkv', body: { revision: '100000' } },
];

const withToken = { authorization: lastToken };

const auth: readonly GatewayStep[] = [
  ...posts('/v3/auth/status', [{}]),
  ...posts('/v3/auth/enable', [{}]),
  ...posts('/v3/auth/authenticate', [{ name: 'root', password: 'secret' }]),
  ...posts('/v3/auth/user/add', [
    { name: 'root', password: 'secret' },
    { name: 'root', password: 'secret' },
    { name: 'small', options: { no_password: true } },
    {},
  ]),
  ...posts('/v3/auth/user/get', [{ name: 'root' }, { name: 'nobody' }]),
  ...posts('/v3/auth/role/add', [{ name: 'root' }, { name: 'reader' }, { name: 'reader' }]),
  ...posts('/v3/auth/role/grant', [
    { name: 'reader', perm: { permType: 'READ', key: base64('a'), range_end: base64('b') } },
    { name: 'reader', perm: { permType: 2, key: base64('w') } },
    { name: 'nobody', perm: { key: base64('w') } },
  ]),
  ...posts('/v3/auth/role/get', [{ role: 'reader' }, { role: 'nobody' }]),
  ...posts('/v3/auth/user/grant', [
    { user: 'root', role: 'root' },
    { user: 'nobody', role: 'root' },
  ]),
  ...posts('/v3/auth/user/list', [{}]),
  ...posts('/v3/auth/role/list', [{}]),
  ...posts('/v3/auth/enable', [{}]),
  ...posts(range, [{ key: 'YQ==' }]),
  { path: '/v3/watch', body: { create_request: { key: 'YQ==' } }, lines: 1 },
  { path: '/v3/lease/keepalive', body: { ID: '5' } },
  { path: '/v3/maintenance/snapshot', body: {} },
  { path: '/v3/maintenance/snapshot', body: {}, headers: { te: 'trailers' } },
  { path: range, body: { key: 'YQ==' }, headers: { authorization: 'nobody.1' } },
  { path: range, body: { key: 'YQ==' }, headers: { 'grpc-metadata-token': 'nobody.1' } },
  ...posts('/v3/auth/authenticate', [{ name: 'root', password: 'wrong' }]),
  { path: '/v3/auth/authenticate', body: { name: 'root', password: 'secret' }, isBodyOwn: true },
  { path: range, body: { key: 'YQ==' }, headers: withToken },
  { path: range, body: { key: 'YQ==' }, headers: { authorization: `Bearer ${lastToken}` } },
  { path: range, body: { key: 'YQ==' }, headers: { 'grpc-metadata-token': lastToken } },
  { path: '/v3/auth/user/changepw', body: { name: 'root', password: 'other' }, headers: withToken },
  { path: '/v3/auth/authenticate', body: { name: 'root', password: 'other' }, isBodyOwn: true },
  { path: '/v3/auth/role/revoke', body: { role: 'reader', key: base64('w') }, headers: withToken },
  { path: '/v3/auth/role/get', body: { role: 'reader' }, headers: withToken },
  { path: '/v3/auth/role/delete', body: { role: 'reader' }, headers: withToken },
  { path: '/v3/auth/user/delete', body: { name: 'small' }, headers: withToken },
  { path: '/v3/auth/user/revoke', body: { name: 'root', role: 'root' }, headers: withToken },
  { path: '/v3/auth/disable', body: {}, headers: withToken },
  ...posts('/v3/auth/status', [{}]),
];

/** The order matters: later steps read the data of earlier ones. */
export const gatewayScript: readonly GatewayStep[] = [
  ...keyValues,
  ...mistakes,
  ...leases,
  ...watches,
  ...locks,
  ...maintenance,
  ...auth,
];
