/**
 * Imports go one way: server -> store, watch -> mvcc -> sql -> wire, and drivers stand beside the store behind one
 * small interface. docs/flow.md says what flows along these edges.
 */
const SHARED = '^src/((limits|errors|logger|log-text|package-root|version)\\.ts$|(kit|statistics)/)';

/** The checked configuration and the values in it. */
const CONFIG =
  '^src/config/(config|pem-files|database/database-dsn|listen/listen-(address|keepalive|tls|web-lists))\\.ts$';

/** A rule: files of `folder` may import themselves, the shared leaves and what matches `allowed`, nothing else of src. */
function onlyImports(folder, ...allowed) {
  return {
    name: `${folder.replace('src/', '')}-imports`,
    severity: 'error',
    from: { path: `^${folder}/` },
    to: { path: '^src/', pathNot: [`^${folder}/`, ...allowed] },
  };
}

const driverInterface = [
  '^src/drivers/driver\\.ts$',
  '^src/drivers/driver-statistics\\.ts$',
  '^src/drivers/open\\.ts$',
];

/**
 * The transport is sealed: of the rest it imports shared leaves and what the listeners' options say. Inside, imports go one way: each
 * folder may import those that it names. docs/adr/001-transport.md.
 */
const TRANSPORT = '^src/server/transport/';
const transportFolders = {
  http: [],
  budget: [],
  connections: ['budget'],
  tls: ['connections'],
  http2: ['http', 'budget', 'connections'],
  grpc: ['http', 'budget', 'connections', 'http2'],
  web: ['http', 'budget', 'connections', 'http2'],
};

/** The folders of src/server/, and the folders that each may import. */
const serverFolders = {
  access: ['transport/grpc'],
  parsing: [],
  replies: ['monitoring', 'transport/grpc'],
  services: ['access', 'parsing', 'replies', 'transport/grpc'],
  gateway: ['transport/grpc', 'transport/web', 'transport/http', 'transport/budget'],
  metrics: ['transport/grpc'],
  endpoints: ['metrics', 'replies', 'transport/web', 'transport/http'],
  monitoring: ['transport/grpc'],
  load: ['transport/grpc'],
  ui: [
    'access',
    'gateway',
    'load',
    'metrics',
    'monitoring',
    'replies',
    'services',
    'transport/grpc',
    'transport/http',
    'transport/web',
  ],
};

/** A rule: files of a folder may import themselves, files beside the folder that match `leaves`, and the folders named. */
function onlyFolders(parent, leaves, [folder, allowed]) {
  return {
    name: `${parent}${folder}-imports`.replace(/^\^src\//, ''),
    severity: 'error',
    from: { path: `${parent}${folder}/` },
    to: { path: parent, pathNot: [`${parent}${leaves}`, `${parent}(${[folder, ...allowed].join('|')})/`] },
  };
}

export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-cycles-of-types',
      comment: 'Types of the benchmark of scale still refer to each other.',
      severity: 'error',
      from: { pathNot: '^bench/scale/' },
      to: { circular: true },
    },
    onlyImports('src/kit', '^src/errors\\.ts$'),
    onlyImports('src/wire'),
    onlyImports('src/bbolt', SHARED),
    onlyImports('src/backend', '^src/(bbolt|mvcc|sql|wire)/', SHARED),
    onlyImports('src/sql', '^src/(kit|wire)/', '^src/(limits|errors)\\.ts$'),
    onlyImports('src/mvcc', '^src/(sql|wire)/', SHARED),
    onlyImports('src/drivers', '^src/(mvcc|sql|wire)/', SHARED, CONFIG),
    onlyImports(
      'src/read-cache',
      '^src/watch/(events/event-fed-cache|position)\\.ts$',
      '^src/(mvcc|sql|wire)/',
      SHARED,
    ),
    onlyImports(
      'src/store',
      ...driverInterface,
      '^src/watch/events/event-source\\.ts$',
      '^src/(backend|bbolt|mvcc|read-cache|sql|wire)/',
      SHARED,
      CONFIG,
    ),
    onlyImports('src/snapshots', '^src/config/(config|usage-error)\\.ts$', '^src/(backend|mvcc|store)/', SHARED),
    onlyImports('src/watch', ...driverInterface, '^src/(mvcc|sql|wire)/', SHARED, CONFIG),
    // Keys are checked where requests are read, against the bound that their stored form has.
    onlyImports('src/server', '^src/(store|watch|mvcc|wire)/', '^src/sql/key-text\\.ts$', SHARED, CONFIG),
    onlyImports('src/server/transport', '^src/config/(pem-files|listen/listen-(address|tls|keepalive))\\.ts$', SHARED),
    ...Object.entries(transportFolders).map((entry) => onlyFolders(TRANSPORT, 'transport-limits\\.ts$', entry)),
    ...Object.entries(serverFolders).map((entry) =>
      onlyFolders('^src/server/', '(server-limits|transport/transport-limits)\\.ts$', entry),
    ),
    onlyImports('src/config', SHARED),
    onlyImports('src/tracing', SHARED, CONFIG),
    {
      name: 'shared-leaves-stay-leaves',
      comment: 'What everybody imports imports nobody.',
      severity: 'error',
      from: { path: SHARED },
      // The logger is set up from the configuration.
      to: { path: '^src/', pathNot: [SHARED, '^src/config/(config|log-outputs|redact)\\.ts$'] },
    },
    {
      name: 'database-clients-in-drivers',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/drivers/' },
      to: { path: 'node_modules/(better-sqlite3|pg|mysql2|knex)/' },
    },
    {
      name: 'storage-client-in-its-folder',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/snapshots/bucket/' },
      to: { path: 'node_modules/@(aws-sdk|smithy)/' },
    },
    {
      name: 'snapshots-are-loaded-on-demand',
      comment: 'A start without a schedule reads neither the schedule nor the client of the storage.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: '^src/snapshots/(open-scheduler|schedule|bucket/(bucket-place|download))\\.ts$',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'page-imports-replies-only',
      comment: 'The page runs in a browser. It shares the types of its data with the server.',
      severity: 'error',
      from: { path: '^ui/' },
      to: { path: '^(src|test|bench|scripts)/', pathNot: '^src/server/ui/replies\\.ts$' },
    },
    {
      name: 'page-imports-types-only',
      severity: 'error',
      from: { path: '^ui/' },
      to: { path: '^src/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sources-import-no-page',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^ui/' },
    },
    {
      name: 'sources-import-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'published-code-imports-no-tools',
      comment: 'The gRPC library is one: it is the client of the tests.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The compiler's own interface is gone in TypeScript 7; swc reads the sources, type imports included.
    parser: 'swc',
    detectProcessBuiltinModuleCalls: true,
    // Parts that packages export by name.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
