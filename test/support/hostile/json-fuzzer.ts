import { Agent, request as httpRequest } from 'node:http';
import { methodSchema } from '../../../src/server/gateway/json/message-schema.ts';
import { gatewayRoutes } from '../../../src/server/gateway/routes.ts';
import type { Random } from '../../parity/random.ts';
import { type Attack, type Attacker, sendAllItems } from './attacker.ts';
import { mutated } from './fuzz-bytes.ts';
import { randomMessage } from './fuzz-message.ts';

const alarmPath = '/v3/maintenance/alarm';
const routes = gatewayRoutes.map(({ path, rpc }) => ({ path, schema: methodSchema(rpc).request }));
const atOnceCount = 16;
/**
 * Open-ended replies (a watch) and waiting ones (a lock) are abandoned after this time; other
 * replies may be slow on a busy machine.
 */
const openEndedMsMax = 20;
const answerMsMax = 1_000;
const openEnded = /watch|keepalive|snapshot|lock|campaign|observe/;

/** JSON to every path of the gateway, most of it with mistakes. */
export const jsonFuzzer: Attack = {
  name: 'fuzz: JSON',
  does: 'sends random JSON to all paths',
  run: async (attacker) => {
    const agent = new Agent({ keepAlive: true, maxSockets: atOnceCount });
    await sendAllItems(attacker, atOnceCount, async () => {
      attacker.tally.items += 1;
      await send(attacker, agent);
    });
    agent.destroy();
  },
};

async function send(attacker: Attacker, agent: Agent): Promise<void> {
  const { host, port, random } = attacker;
  const { path, body } = randomBody(random);
  attacker.tally.bytes += body.length;
  await new Promise<void>((resolve) => {
    const request = httpRequest({ host, port, path, method: 'POST', agent }, (reply) => reply.resume());
    const timer = setTimeout(() => request.destroy(), openEnded.test(path) ? openEndedMsMax : answerMsMax);
    request.on('error', () => undefined);
    request.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    request.end(body);
  });
}

export function randomBody(random: Random, among = routes): { readonly path: string; readonly body: Buffer } {
  const { path, schema } = random.pick(among);
  const { json } = randomMessage(random, schema);
  // No alarm is activated: it would make the server refuse the puts of all clients, as it should.
  const body = Buffer.from(JSON.stringify(path === alarmPath ? { ...json, action: 'GET' } : json));
  return { path, body: random.chance(70) ? mutated(random, body) : body };
}
