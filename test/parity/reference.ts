import { etcd, etcdProgram, Server } from '../support/index.ts';

/** The version an etcd tells over HTTP, such as `3.4.23`. */
export async function etcdVersion(server: Server): Promise<string> {
  const reply = (await (await fetch(`${server.url}/version`)).json()) as { etcdserver?: unknown };
  if (typeof reply.etcdserver !== 'string') throw new Error(`${server.url}/version does not name a version`);
  return reply.etcdserver;
}

/** Another etcd than the reference in the place of tine: what TINE_TEST_SUBJECT names, to validate the test itself. */
export async function startSubjectEtcd(program: string): Promise<Server> {
  const reference = etcdProgram();
  process.env.TINE_TEST_ETCD = program;
  try {
    return await Server.start({ driver: etcd });
  } finally {
    process.env.TINE_TEST_ETCD = reference;
  }
}
