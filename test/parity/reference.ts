import { etcd, Server } from '../support/index.ts';
import { etcdProgram } from '../support/paths.ts';

/**
 * Another etcd in the place of tine: the one that TINE_TEST_SUBJECT names, to validate the test
 * itself.
 */
export async function startSubjectEtcd(program: string): Promise<Server> {
  const reference = etcdProgram();
  process.env.TINE_TEST_ETCD = program;
  try {
    return await Server.start({ driver: etcd });
  } finally {
    process.env.TINE_TEST_ETCD = reference;
  }
}
