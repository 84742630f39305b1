import { type Attacker, atOnce, pause } from './attacker.ts';
import { Wire, type WireOptions } from './wire.ts';

/**
 * How long a client waits before it reconnects after the server closed its connection, so that the
 * server is measured and not the client.
 */
const reconnectPauseMs = 20;

/**
 * Keeps connections open until the attack is over. `use` has each connection. When the server
 * closes one, another one is opened.
 */
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
