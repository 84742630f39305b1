import { during, each, runClients } from './clients.ts';
import type { Phase, PhaseContext } from './phase.ts';
import { count, create, get, list, remove, update } from './requests.ts';
import type { Sample } from './sample.ts';
import { watchPhase } from './watch-phase.ts';

const serialWriteCount = 500;
const pageKeyCount = 500;
const mixedPageKeyCount = 100;

/** In the order they build on each other. */
export const phases: Readonly<Record<string, Phase>> = {
  create1: {
    measures: 'time',
    clientCount: () => 1,
    run: ({ options, connection, value }) =>
      runClients(
        1,
        each(serialWriteCount, (index) =>
          create(connection(0), Buffer.from(`${options.prefix}serial/${String(index).padStart(6, '0')}`), value()),
        ),
      ),
  },

  create: {
    measures: 'rate',
    clientCount: (options) => options.clientCount,
    run: ({ clientCount, connection, keys, value }) =>
      runClients(
        clientCount,
        each(keys.count, async (index, client) => {
          keys.setRevision(index, await create(connection(client), keys.key(index), value()));
        }),
      ),
  },

  update: {
    measures: 'rate',
    clientCount: (options) => options.clientCount,
    run: (context) =>
      runClients(
        context.clientCount,
        each(context.keys.count * context.options.roundCount, (index, client) =>
          updateKey(context, index % context.keys.count, client),
        ),
      ),
  },

  get: {
    measures: 'rate',
    clientCount: (options) => options.clientCount,
    run: ({ options, clientCount, connection, keys }) =>
      runClients(
        clientCount,
        during(options.phaseSeconds, (client) => get(connection(client), keys.random())),
      ),
  },

  list: {
    measures: 'rate',
    clientCount: () => 2,
    run: ({ options, clientCount, connection, keys }) =>
      runClients(
        clientCount,
        during(options.phaseSeconds, async (client) => {
          const { kvs } = await list(connection(client), keys.prefix, Buffer.from(keys.prefix), 0);
          expectCount(kvs.length, options.keyCount);
        }),
      ),
  },

  page: {
    measures: 'rate',
    clientCount: () => 4,
    run: ({ options, clientCount, connection, keys }) =>
      runClients(
        clientCount,
        during(options.phaseSeconds, async (client) => {
          const { kvs } = await list(connection(client), keys.prefix, keys.random(), pageKeyCount);
          if (kvs.length === 0) throw new Error('an empty page');
        }),
      ),
  },

  count: {
    measures: 'rate',
    clientCount: () => 4,
    run: ({ options, clientCount, connection, keys }) =>
      runClients(
        clientCount,
        during(options.phaseSeconds, async (client) => {
          expectCount(await count(connection(client), keys.prefix), options.keyCount);
        }),
      ),
  },

  watch: {
    measures: 'time',
    clientCount: () => 1,
    run: (context) => watchPhase(context, { watchCount: 1, paceMs: 5 }),
  },

  fanout: {
    measures: 'time',
    clientCount: () => 1,
    run: (context) => watchPhase(context, { watchCount: 100, paceMs: 20 }),
  },

  mixed: {
    measures: 'rate',
    clientCount: (options) => options.clientCount,
    run: mixed,
  },

  delete: {
    measures: 'rate',
    clientCount: (options) => options.clientCount,
    run: ({ clientCount, connection, keys }) =>
      runClients(
        clientCount,
        each(keys.count, (index, client) => remove(connection(client), keys.key(index), keys.revision(index))),
      ),
  },
};

/** A busy API server: ten writes and ten reads to each page and each count. */
function mixed(context: PhaseContext): Promise<Sample> {
  const { options, clientCount, connection, keys } = context;
  let updated = 0;
  return runClients(
    clientCount,
    during(options.phaseSeconds, (client): Promise<unknown> => {
      const kind = Math.floor(Math.random() * 22);
      if (kind < 10) return updateKey(context, updated++ % keys.count, client);
      if (kind < 20) return get(connection(client), keys.random());
      if (kind < 21) return list(connection(client), keys.prefix, Buffer.from(keys.prefix), mixedPageKeyCount);
      return count(connection(client), keys.prefix);
    }),
  );
}

async function updateKey(context: PhaseContext, index: number, client: number): Promise<void> {
  const { connection, keys, value } = context;
  keys.setRevision(index, await update(connection(client), keys.key(index), value(), keys.revision(index)));
}

function expectCount(found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${found} keys instead of ${wanted}`);
}
