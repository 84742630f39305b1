import { type Attacker, atOnce, pause } from './attacker.ts';
import { Wire, type WireOptions } from './wire.ts';

/** How long a client that was hung up on waits before it comes back, so that it is the server that is measured. */
const reconnectPauseMs = 20;

/** Keeps connections open until the attack is over: `use` has each of them, and a new one is opened for each that the server ends. */
export async function keepConnected(
  attacker: Attacker,
  use: (wire: Wire) => Promise<unknown>,
  { count = 4, ...options }: WireOptions & { readonly count?: number } = {},
): Promise<void> {
  await atOnce(count, async () => {
    while (!attacker.signal.aborted) {
      const wire = await Wire.open(attacker, options);
      if (wire !== undefined) {
        await use(wire);
        await wire.closed();
      }
      await pause(attacker, reconnectPauseMs);
    }
  });
}

/** Sends the same bytes again and again. */
export async function flood(
  attacker: Attacker,
  bytes: Buffer,
  options?: Parameters<typeof keepConnected>[2],
): Promise<void> {
  await keepConnected(
    attacker,
    async (wire) => {
      while (await wire.send(bytes));
    },
    options,
  );
}
