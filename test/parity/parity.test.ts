import { test } from 'node:test';
import { ModelTarget } from '../property/model-target.ts';
import { etcdProgramVersion } from '../support/etcd-version.ts';
import { etcd, onePerDialect, Server, TINE_DRIVERS } from '../support/index.ts';
import { type Arena, compareOverScript } from './comparison.ts';
import { chosenSeed, numberFromEnvironment, Random } from './random.ts';
import { startSubjectEtcd } from './reference.ts';
import { generateScript } from './script.ts';
import { GrpcTarget } from './wire.ts';

/** A step takes a few milliseconds on a busy machine, so the run takes at most half a minute. */
const stepCountDefault = 1000;

/** With TINE_TEST_SUBJECT, the etcd that it names takes the place of tine. */
const subjectProgram = process.env.TINE_TEST_SUBJECT ?? '';
const subjects: readonly { readonly name: string; readonly start: () => Promise<Server> }[] =
  subjectProgram === ''
    ? onePerDialect(TINE_DRIVERS).map((driver) => ({
        name: `tine on ${driver.name}`,
        start: () => Server.start({ driver }),
      }))
    : [{ name: subjectProgram, start: () => startSubjectEtcd(subjectProgram) }];

const etcdVersion = etcdProgramVersion();
const seed = chosenSeed();
const stepCount = numberFromEnvironment('TINE_TEST_STEPS', stepCountDefault);

for (const subject of subjects) {
  test(`${subject.name}: every reply to a random script equals etcd's`, async (context) => {
    const repeat = `TINE_TEST_SEED=${seed} TINE_TEST_STEPS=${stepCount}`;
    context.diagnostic(repeat);
    const script = generateScript(new Random(seed), stepCount);
    await compareOverScript(script, repeat, () => openArena(subject.name, subject.start));
  });
}

/** The reference and the subject on fresh servers. */
async function openArena(subjectName: string, startSubject: () => Promise<Server>): Promise<Arena> {
  const reference = await Server.start({ driver: etcd });
  const subject = await startSubject();
  const expected = new GrpcTarget(`etcd ${etcdVersion}`, reference.address);
  const actual = new GrpcTarget(subjectName, subject.address);
  const restartActual = async () => {
    await subject.kill();
    await subject.start();
    actual.reconnect();
  };
  return {
    contestants: {
      oracle: new ModelTarget(),
      expected,
      actual,
      restartActual,
      actualKnowsAll: async () => {},
    },
    close: async () => {
      expected.close();
      actual.close();
      await Promise.all([reference.remove(), subject.remove()]);
    },
  };
}
